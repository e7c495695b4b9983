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
    private readonly ParameterGroup _group;
    private readonly Device _home;
    private readonly bool _isApart;
    private readonly Tensor _gradients;

    /// <summary>Allocates moments of 0, and masters that are the weights of now.</summary>
    /// <param name="group">The buffer.</param>
    /// <param name="bucket">The range of it.</param>
    /// <param name="cut">The part of the range that is updated here.</param>
    /// <param name="offLoad">Whether all of it lies in the memory of the CPU.</param>
    internal RangeState(ParameterGroup group, GradientBucket bucket, RankCut cut, bool offLoad)
    {
        (_group, Bucket) = (group, bucket);
        _home = offLoad ? CPU : group.Values.device;
        _isApart = offLoad || group.Values.dtype != ScalarType.Float32;
        Values = Narrow(group.Values);
        _gradients = Narrow(group.Gradients!);
        Sums = _isApart ? Zeros(bucket.Count) : _gradients;
        var count = Place(cut).Count;
        (First, Second) = (Zeros(count), Zeros(count));
        Master = _isApart ? Zeros(count).copy_(OwnValues) : OwnValues;
    }

    /// <summary>The range of the buffer.</summary>
    internal GradientBucket Bucket { get; }

    /// <summary>The part of the range that is updated here, counted from its beginning.</summary>
    internal (long Start, long Count) Own { get; private set; }

    /// <summary>The weights of the whole range, in the model's number format.</summary>
    internal Tensor Values { get; }

    /// <summary>Sums of gradients over the whole range, in float32.</summary>
    internal Tensor Sums { get; }

    /// <summary>Those of the own part.</summary>
    internal Tensor OwnSums { get; private set; } = null!;

    /// <summary>The own part's weights, in float32.</summary>
    internal Tensor Master { get; private set; }

    /// <summary>Running mean of the own part's gradients.</summary>
    internal Tensor First { get; private set; }

    /// <summary>Running mean of their squares.</summary>
    internal Tensor Second { get; private set; }

    /// <summary>What a step goes on from, in a fixed order.</summary>
    internal IReadOnlyList<Tensor> Flats => [Master, First, Second];

    private Tensor OwnValues { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeParts();
        Values.Dispose();
        _gradients.Dispose();
        Sums.Dispose();
    }

    /// <summary>Whether it is a range of one of a table's buffers.</summary>
    internal bool IsOf(ParameterTable table) => table.Groups.Contains(_group);

    /// <summary>Adds what backward has left to the sums, unless it has added to them itself.</summary>
    internal void Accumulate()
    {
        if (_isApart)
        {
            Sums.add_(_gradients.to(_home), One);
            _gradients.zero_();
        }
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
        var end = Own.Start + Own.Count;
        foreach (var (spec, offset) in _group.Slices())
        {
            var begin = offset - Bucket.Start;
            var (from, to) = (Math.Max(begin, Own.Start), Math.Min(begin + spec.Count, end));
            if (from >= to)
            {
                continue;
            }

            StateSlice Slice(string kind, Tensor flat) =>
                new(kind + spec.Name, spec.Shape, from - begin, flat.narrow(0, from - Own.Start, to - from));
            yield return Slice("m.", First);
            yield return Slice("v.", Second);
            if (_group.Values.dtype != ScalarType.Float32)
            {
                yield return Slice("master.", Master);
            }
        }
    }

    /// <summary>Another part of the range becomes the own one.</summary>
    /// <param name="cut">The part.</param>
    /// <param name="flats">What it goes on from, in the order of <see cref="Flats"/>; taken over.</param>
    internal void Replace(RankCut cut, IReadOnlyList<Tensor> flats)
    {
        using var scope = NewDisposeScope();
        DisposeParts();
        Place(cut);
        (First, Second) = (AtHome(flats[1]), AtHome(flats[2]));
        Master = _isApart ? AtHome(flats[0]) : OwnValues.copy_(flats[0]);
        TakeMasters();
    }

    private (long Start, long Count) Place(RankCut cut)
    {
        Own = cut.Of(Bucket.Count);
        OwnValues = Values.narrow(0, Own.Start, Own.Count).DetachFromDisposeScope();
        OwnSums = Sums.narrow(0, Own.Start, Own.Count).DetachFromDisposeScope();
        return Own;
    }

    private void DisposeParts()
    {
        First.Dispose();
        Second.Dispose();
        Master.Dispose();
        OwnValues.Dispose();
        OwnSums.Dispose();
    }

    private Tensor AtHome(Tensor flat) => flat.to(_home).DetachFromDisposeScope();

    private Tensor Narrow(Tensor flat) => flat.narrow(0, Bucket.Start, Bucket.Count).DetachFromDisposeScope();

    private Tensor Zeros(long count) =>
        zeros(count, dtype: ScalarType.Float32, device: _home).DetachFromDisposeScope();
}
