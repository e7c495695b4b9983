using System.Collections.Immutable;

namespace R1Reward.Rewards.Judge;

/// <summary>Figures of a judge since it was created.</summary>
/// <param name="Consistent">Replies found consistent.</param>
/// <param name="Inconsistent">Replies found inconsistent.</param>
/// <param name="Undecided">Replies without a verdict.</param>
/// <param name="Asks">Questions put to the judge, without those that the cache answered; more than verdicts where replies did not parse.</param>
/// <param name="CacheHits">Questions that the cache answered.</param>
/// <param name="Attempts">HTTP requests, retries included.</param>
/// <param name="Failures">Failed questions by kind; kinds that never occurred are absent.</param>
/// <param name="MeanLatency">Mean time of a question; zero where none was asked.</param>
/// <param name="MaxLatency">The longest time of a question.</param>
public sealed record JudgeMetrics(
    long Consistent,
    long Inconsistent,
    long Undecided,
    long Asks,
    long CacheHits,
    long Attempts,
    ImmutableDictionary<JudgeFailureKind, long> Failures,
    TimeSpan MeanLatency,
    TimeSpan MaxLatency);
