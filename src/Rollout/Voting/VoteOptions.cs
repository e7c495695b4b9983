using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Voting;

/// <summary>How pairs are voted on.</summary>
public sealed record VoteOptions
{
    /// <summary>Samples per pair and order.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>
    /// Which response is shown first. Default: as the pair has them; <see cref="CandidateOrder.Both"/> samples as often
    /// again with the responses exchanged, which cancels a preference for a place. Votes always name the pair's own
    /// responses.
    /// </summary>
    public CandidateOrder Order { get; init; } = CandidateOrder.AsIs;

    /// <summary>How an answer must be written to count.</summary>
    public AnswerReading Answer { get; init; } = AnswerReading.Strict;

    /// <summary>What an even vote means.</summary>
    public TieRule Ties { get; init; } = TieRule.None;

    /// <summary>Samples of the same seed are the same, whatever other pairs are voted on.</summary>
    public long Seed { get; init; }

    /// <summary>How the tokens of each judgment are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();
}
