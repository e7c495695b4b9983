using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// A copy of a part of an optimiser's state in the memory of this host: of what the rank before this one holds, or of
/// what this one held when there were other ranks.
/// </summary>
internal sealed class PartReplica : IDisposable
{
    private readonly IReadOnlyList<Tensor>[] _byRange;

    private PartReplica(RankCut cut, IReadOnlyList<Tensor>[] byRange) => (Cut, _byRange) = (cut, byRange);

    /// <summary>The rank whose part was copied, among as many as there were then.</summary>
    internal RankCut Cut { get; }

    /// <summary>The part that a rank is to have a copy of.</summary>
    internal static RankCut CutOf(ICollective ranks) => new((ranks.Rank + ranks.Count - 1) % ranks.Count, ranks.Count);

    /// <summary>A copy of what this rank holds.</summary>
    internal static PartReplica Keep(IEnumerable<RangeState> ranges, RankCut cut) =>
        new(cut, [.. ranges.Select(range => (IReadOnlyList<Tensor>)
            [.. range.Flats.Select(flat => flat.to(CPU, copy: true).DetachFromDisposeScope())])]);

    /// <summary>
    /// Every rank takes the part of the one before it; all call it together. The parts of all are gathered for it range
    /// by range, since that is what ranks can do.
    /// </summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal static PartReplica Take(IEnumerable<RangeState> ranges, ICollective ranks)
    {
        var cut = CutOf(ranks);
        return new(cut, [.. ranges.Select(range => (IReadOnlyList<Tensor>)
            [.. range.Flats.Select(flat => Take(flat, range, cut, ranks))])]);
    }

    /// <summary>What it has of one range, in the order of <see cref="RangeState.Flats"/>.</summary>
    internal IReadOnlyList<Tensor> Of(int range) => _byRange[range];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var flat in _byRange.SelectMany(flats => flats))
        {
            flat.Dispose();
        }
    }

    private static Tensor Take(Tensor flat, RangeState range, RankCut cut, ICollective ranks)
    {
        using var scope = NewDisposeScope();
        var length = range.Bucket.Count;
        var whole = empty(length, dtype: ScalarType.Float32, device: flat.device);
        whole.narrow(0, range.Own.Start, range.Own.Count).copy_(flat);
        ranks.AllGather(whole);
        var (start, count) = cut.Of(length);
        return whole.narrow(0, start, count).to(CPU, copy: true).DetachFromDisposeScope();
    }
}
