using R1Reward.Policy.Exchange;
using R1Reward.Policy.Parameters;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// What <see cref="AdamW"/> keeps of one range of a flat buffer: sums of gradients, and of the part of it that this
/// rank updates both moments and master weights. In float32 masters and sums are the model's own weights and gradients,
/// unless the optimiser is off-loaded.
/// </summary>
internal sealed class RangeState : IDisposable
{
    private readonly ParameterTable _table;
    private readonly ParameterGroup _group;
    private readonly Device _home;
    private readonly bool _isApart;
    private readonly Tensor? _gradients;

    /// <summary>Allocates what is kept.</summary>
    /// <param name="table">The weights.</param>
    /// <param name="group">One of their buffers, with gradients where they are not scattered.</param>
    /// <param name="bucket">The range of it.</param>
    /// <param name="cut">The part of the range that is updated here.</param>
    /// <param name="offLoad">Whether all of it lies in the memory of the CPU.</param>
    /// <param name="flats">
    /// What the part goes on from, in the order of <see cref="Flats"/>; null: the weights of now and moments of 0.
    /// </param>
    /// <param name="weights">The own part of the weights, where they are not here; null: all of them are.</param>
    internal RangeState(
        ParameterTable table,
        ParameterGroup group,
        GradientBucket bucket,
        RankCut cut,
        bool offLoad,
        IReadOnlyList<Tensor>? flats,
        WeightPart? weights)
    {
        (_table, _group, Bucket) = (table, group, bucket);
        _home = offLoad ? CPU : table.Device;
        _isApart = offLoad || table.Dtype != ScalarType.Float32;
        Own = cut.Of(bucket.Count);
        Values = weights is null ? Narrow(group.Values) : null;
        _gradients = group.Gradients is { } gradients ? Narrow(gradients) : null;
        Sums = _gradients is null ? Zeros(Own.Count) : _isApart ? Zeros(bucket.Count) : _gradients;
        OwnSums = Sums.narrow(0, _gradients is null ? 0 : Own.Start, Own.Count).DetachFromDisposeScope();
        OwnValues = (Values?.narrow(0, Own.Start, Own.Count) ?? weights!.Own.alias()).DetachFromDisposeScope();
        First = flats is null ? Zeros(Own.Count) : AtHome(flats[1]);
        Second = flats is null ? Zeros(Own.Count) : AtHome(flats[2]);
        Master = _isApart ? Zeros(Own.Count) : OwnValues;
        Master.copy_(flats is null ? OwnValues : flats[0]);
        TakeMasters();
    }

    /// <summary>The range of the buffer.</summary>
    internal GradientBucket Bucket { get; }

    /// <summary>The part of the range that is updated here, counted from its beginning.</summary>
    internal (long Start, long Count) Own { get; }

    /// <summary>
    /// The weights of the whole range, in the model's number format; null where only the own part is here.
    /// </summary>
    internal Tensor? Values { get; }

    /// <summary>
    /// Sums of gradients, in float32: over the whole range, or, where they are scattered, the own part.
    /// </summary>
    internal Tensor Sums { get; }

    /// <summary>Those of the own part.</summary>
    internal Tensor OwnSums { get; }

    /// <summary>The own part's weights, in float32.</summary>
    internal Tensor Master { get; }

    /// <summary>Running mean of the own part's gradients.</summary>
    internal Tensor First { get; }

    /// <summary>Running mean of their squares.</summary>
    internal Tensor Second { get; }

    /// <summary>What a step goes on from, in a fixed order.</summary>
    internal IReadOnlyList<Tensor> Flats => [Master, First, Second];

    private Tensor OwnValues { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { First, Second, Master, OwnValues, OwnSums, Values, _gradients, Sums })
        {
            tensor?.Dispose();
        }
    }

    /// <summary>Whether it is a range of one of a table's buffers.</summary>
    internal bool IsOf(ParameterTable table) => table == _table;

    /// <summary>
    /// Adds what backward has left to the sums, unless it has added to them itself, or they are scattered and exchanged
    /// first.
    /// </summary>
    internal void Accumulate()
    {
        if (_gradients is not null && _isApart)
        {
            Sums.add_(_gradients.to(_home), One);
            _gradients.zero_();
        }
    }

    /// <summary>Adds gradients that were taken to the sums of the own part, summed over all ranks.</summary>
    internal void Scatter(Tensor whole, ICollective ranks)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        ranks.ReduceScatter(whole);
        OwnSums.add_(whole.narrow(0, Own.Start, Own.Count).to(_home), One);
    }

    /// <summary>One step on the own part; all sums are 0 from then on.</summary>
    /// <param name="options">Decay rates and weight decay.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="clip">What gradients are multiplied by, at most 1.</param>
    internal void Update(AdamWOptions options, long step, double rate, double clip)
    {
        using var scope = NewDisposeScope();
        var gradients = clip < 1 ? OwnSums.mul_(Kept(clip)) : OwnSums;
        if (options.WeightDecay != 0 && (options.DecayAll || _group.Decays))
        {
            Master.mul_(Kept(1 - (rate * options.WeightDecay)));
        }

        First.mul_(Kept(options.Beta1)).add_(gradients, Kept(1 - options.Beta1));
        Second.mul_(Kept(options.Beta2)).addcmul_(gradients, gradients, Kept(1 - options.Beta2));
        var firstBias = 1 - Math.Pow(options.Beta1, step);
        var secondBias = 1 - Math.Pow(options.Beta2, step);
        var root = Second.sqrt().div_(Kept(Math.Sqrt(secondBias))).add_(Kept(options.Epsilon), One);
        Master.addcdiv_(First, root, Kept(-rate / firstBias));
        TakeMasters();
        Sums.zero_();
    }

    /// <summary>Makes the own weights those of the masters.</summary>
    internal void TakeMasters()
    {
        if (_isApart)
        {
            OwnValues.copy_(Master);
        }
    }

    /// <summary>The own part of the state, weight by weight; views of live memory.</summary>
    internal IEnumerable<StateSlice> Slices()
    {
        foreach (var (spec, start, place, count) in Bucket.Pieces(_group, Own))
        {
            StateSlice Slice(string kind, Tensor flat) =>
                new(kind + spec.Name, spec.Shape, start, flat.narrow(0, place, count));
            yield return Slice("m.", First);
            yield return Slice("v.", Second);
            if (_table.Dtype != ScalarType.Float32)
            {
                yield return Slice("master.", Master);
            }
        }
    }

    /// <summary>
    /// The gradients that backward has left, flat, in float32 and in no scope; the weights have none from then on.
    /// </summary>
    internal Tensor TakeGradients()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var weights = Bucket.Slices(_group).ToList();
        if (weights is [var (alone, _)] && _table[alone.Name].grad is { dtype: ScalarType.Float32 } only)
        {
            _table[alone.Name].grad = null;
            return only.reshape(-1).DetachFromDisposeScope();
        }

        var whole = zeros(Bucket.Count, dtype: ScalarType.Float32, device: _table.Device);
        foreach (var (spec, offset) in weights)
        {
            using var gradient = _table[spec.Name].grad;
            if (gradient is not null)
            {
                whole.narrow(0, offset - Bucket.Start, spec.Count).copy_(gradient.reshape(-1));
                _table[spec.Name].grad = null;
            }
        }

        return whole.DetachFromDisposeScope();
    }

    private Tensor AtHome(Tensor flat) => flat.to(_home).DetachFromDisposeScope();

    private Tensor Narrow(Tensor flat) => flat.narrow(0, Bucket.Start, Bucket.Count).DetachFromDisposeScope();

    private Tensor Zeros(long count) =>
        zeros(count, dtype: ScalarType.Float32, device: _home).DetachFromDisposeScope();
}
