namespace R1Reward.Policy.Exchange;

/// <summary>One part of all that is cut by ranks.</summary>
/// <param name="Part">Number of the part, from 0.</param>
/// <param name="Parts">How many parts there are; 1: nothing is cut.</param>
internal readonly record struct RankCut(int Part, int Parts)
{
    /// <summary>Nothing is cut, all is one part.</summary>
    internal static RankCut Whole { get; } = new(0, 1);

    /// <summary>The part that this process updates, of as many as there are ranks.</summary>
    internal static RankCut Of(ICollective ranks) => new(ranks.Rank, ranks.Count);

    /// <summary>Where this part of so many elements lies.</summary>
    internal (long Start, long Count) Of(long length) => RankShare.PartOf(length, Part, Parts);
}
