using R1Reward.Data.Evaluation;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Voting;

/// <summary>How pairs are voted on.</summary>
public sealed record VoteOptions
{
    /// <summary>Samples per pair and order.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>
    /// Also sample with the responses exchanged, which doubles the votes and cancels a preference for a place.
    /// </summary>
    public bool BothOrders { get; init; }

    /// <summary>What an even vote means.</summary>
    public TieRule Ties { get; init; } = TieRule.None;

    /// <summary>Samples of the same seed are the same, whatever other pairs are voted on.</summary>
    public long Seed { get; init; }

    /// <summary>How the tokens of each judgment are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();
}
