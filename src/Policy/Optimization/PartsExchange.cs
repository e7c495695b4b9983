using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// Brings the state of one range to the ranks of now from those that hold parts of it, cut as they may be: an array of
/// the range's length in which each rank fills in what it is to give and the others have 0, so that the sum is exact.
/// </summary>
/// <param name="state">The range.</param>
/// <param name="own">The part of it that this rank has.</param>
/// <param name="copies">The copies of parts that it has.</param>
/// <param name="held">What the ranks hold, which makes up the whole.</param>
/// <param name="ranks">The ranks.</param>
internal sealed class PartsExchange(
    RangeState state,
    RankCut own,
    IReadOnlyList<(RankCut Cut, IReadOnlyList<Tensor> Flats)> copies,
    IReadOnlyList<HeldPart> held,
    ICollective ranks)
{
    private readonly long _length = state.Bucket.Count;

    /// <summary>
    /// The rank's new part, or all of it for a rank alone, on the CPU and in the order of
    /// <see cref="RangeState.Flats"/>.
    /// </summary>
    internal IReadOnlyList<Tensor> Take()
    {
        var given = HeldPart.Cover(_length, held)!.Where(run => run.From.Rank == ranks.Rank).ToList();
        return [.. Enumerable.Range(0, state.Flats.Count).Select(kind => Take(kind, given))];
    }

    private Tensor Take(int kind, IReadOnlyList<(HeldPart From, long Start, long Count)> given)
    {
        using var scope = NewDisposeScope();
        var whole = zeros(_length, dtype: ScalarType.Float32, device: CPU);
        foreach (var (from, start, count) in given)
        {
            var (cut, flats) = from.Copy is { } copy ? copies[copy] : (own, state.Flats);
            whole.narrow(0, start, count).copy_(flats[kind].narrow(0, start - cut.Of(_length).Start, count));
        }

        ranks.ReduceScatter(whole);
        var (begin, length) = RankCut.Of(ranks).Of(_length);
        return whole.narrow(0, begin, length).clone().MoveToOuterDisposeScope();
    }
}
