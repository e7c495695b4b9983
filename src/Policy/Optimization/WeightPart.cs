using R1Reward.Policy.Exchange;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>A range of a model's weights of which each rank holds a part; all is there while it is used.</summary>
internal sealed class WeightPart : IDisposable
{
    private readonly ParameterTable _table;
    private readonly IReadOnlyList<ParameterSpec> _specs;
    private readonly ParameterGroup _group;
    private readonly GradientBucket _bucket;
    private readonly WeightBuffers _buffers;
    private readonly long _start;
    private Tensor? _whole;

    /// <summary>Takes the part from a table's weights, or leaves it 0 where they are not there.</summary>
    /// <param name="table">The weights.</param>
    /// <param name="group">The group that the range lies in.</param>
    /// <param name="bucket">The range.</param>
    /// <param name="cut">Which part of it is held here.</param>
    /// <param name="buffers">Gives the memory that all of it is in while it is used.</param>
    internal WeightPart(
        ParameterTable table, ParameterGroup group, GradientBucket bucket, RankCut cut, WeightBuffers buffers)
    {
        // No view may outlive this: it would keep all weights in memory.
        using var scope = NewDisposeScope();
        (_table, _group, _bucket, _buffers) = (table, group, bucket, buffers);
        _specs = [.. bucket.Slices(group).Select(slice => slice.Spec)];
        (_start, var count) = cut.Of(bucket.Count);
        Own = zeros(count, dtype: table.Dtype, device: table.Device).DetachFromDisposeScope();
        if (group.IsHere)
        {
            Own.copy_(group.Values.narrow(0, bucket.Start + _start, count));
        }
    }

    /// <summary>The layer of the decoder that the weights are of, or a number that no layer has.</summary>
    internal int Layer => _bucket.Layer;

    /// <summary>The weights that this rank holds.</summary>
    internal Tensor Own { get; }

    /// <summary>Takes memory for all of the weights, with the own part in it.</summary>
    internal void Prepare()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Drop();
        _whole = _buffers.Take(_bucket.Count);
        _whole.narrow(0, _start, Own.numel()).copy_(Own);
    }

    /// <summary>Fetches the other parts into that memory, from any thread; all ranks call it together.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal void Gather(ICollective ranks) => ranks.AllGather(_whole!);

    /// <summary>Has the weights be what has been gathered.</summary>
    internal void Place() => _table.Place(_specs, _whole);

    /// <summary>What is held of each weight; views of live memory.</summary>
    internal IEnumerable<(ParameterSpec Spec, long Start, Tensor Values)> Held() =>
        _bucket.Pieces(_group, (_start, Own.numel()))
            .Select(piece => (piece.Spec, piece.Start, Own.narrow(0, piece.Place, piece.Count)));

    /// <summary>Has none of the weights there but the own part.</summary>
    internal void Drop()
    {
        if (_whole is { } whole)
        {
            _table.Place(_specs, null);
            _buffers.GiveBack(whole);
            _whole = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Drop();
        Own.Dispose();
    }
}
