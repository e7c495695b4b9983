using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>What becomes of the parts that ranks hold of an optimiser's state, when ranks come and go.</summary>
internal static class OptimizerParts
{
    /// <summary>Whether parts that ranks hold make up the whole state.</summary>
    internal static bool IsCoveredBy(this AdamW optimizer, IReadOnlyList<HeldPart> held) =>
        optimizer.Ranges.All(range => HeldPart.Cover(range.Bucket.Count, held) is not null);

    /// <summary>
    /// The part that is due to this rank, from those who hold it; all ranks call it together, and hold what they held.
    /// </summary>
    /// <param name="optimizer">Holds what this rank has now.</param>
    /// <param name="held">What the ranks hold, which makes up the whole state.</param>
    /// <param name="copies">The copies of parts that this rank has.</param>
    /// <returns>The part, range by range, for <see cref="AdamW.Adopt"/>.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    internal static IReadOnlyList<IReadOnlyList<Tensor>> FetchPart(
        this AdamW optimizer, IReadOnlyList<HeldPart> held, IReadOnlyList<PartReplica> copies) =>
    [
        .. optimizer.Ranges.Select((state, range) => new PartsExchange(
            state,
            optimizer.Cut,
            [.. copies.Select(copy => (copy.Cut, copy.Of(range)))],
            held,
            optimizer.Ranks).Take()),
    ];

    /// <summary>A copy of the part of the rank before this one; all ranks call it together.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal static PartReplica Replicate(this AdamW optimizer) =>
        PartReplica.Take(optimizer.Ranges, optimizer.Ranks);

    /// <summary>A copy of the part that this rank holds.</summary>
    internal static PartReplica KeepPart(this AdamW optimizer) => PartReplica.Keep(optimizer.Ranges, optimizer.Cut);
}
