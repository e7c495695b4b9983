namespace R1Reward.Rewards.Judge;

/// <summary>What a verdict took.</summary>
/// <param name="Seconds">Time of its questions, waiting for a turn included; 0 where the cache answered.</param>
/// <param name="Requests">HTTP requests.</param>
/// <param name="Errors">Number of those requests that failed.</param>
/// <param name="CacheHits">Questions that the cache answered.</param>
/// <example>One question, answered at the second attempt after 0.7 s: 0.7, 2, 1, 0.</example>
public sealed record JudgeUse(double Seconds = 0, int Requests = 0, int Errors = 0, int CacheHits = 0)
{
    /// <summary>This and another question.</summary>
    public JudgeUse And(JudgeReply reply)
    {
        if (reply.Cached)
        {
            return this with { CacheHits = CacheHits + 1 };
        }

        var errors = reply.Failure is null ? reply.Attempts - 1 : reply.Attempts;
        return And(new JudgeUse(reply.Latency.TotalSeconds, reply.Attempts, errors));
    }

    /// <summary>What several took together; null where none was asked.</summary>
    public static JudgeUse? Sum(IEnumerable<JudgeUse?> uses) =>
        uses.OfType<JudgeUse>().Aggregate(default(JudgeUse), (sum, use) => sum?.And(use) ?? use);

    /// <summary>This and what another verdict took.</summary>
    public JudgeUse And(JudgeUse other) =>
        new(Seconds + other.Seconds, Requests + other.Requests, Errors + other.Errors, CacheHits + other.CacheHits);
}
