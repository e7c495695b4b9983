using R1Reward.Data.Judging;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>How a judge votes on responses that are scored.</summary>
/// <param name="Samples">Samples of each two responses in each order.</param>
/// <param name="Seed">Seed of the samples.</param>
/// <param name="Sampling">How the tokens of each judgment are chosen.</param>
/// <param name="Answer">How an answer must be written to count.</param>
internal sealed record JudgeScorerOptions(
    int Samples, long Seed, SamplingOptions Sampling, AnswerReading Answer = AnswerReading.Strict)
{
    /// <summary>Samples of each two responses in each order where nothing else is said.</summary>
    public const int DefaultSamples = 5;
}
