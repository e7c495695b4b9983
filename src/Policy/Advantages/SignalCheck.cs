using R1Reward.Data.Traces;

namespace R1Reward.Policy.Advantages;

/// <summary>Whether a batch holds anything that the policy can learn.</summary>
internal static class SignalCheck
{
    /// <summary>What keeps the policy from learning; null where nothing does.</summary>
    /// <param name="traces">The whole batch.</param>
    /// <param name="raw">What was estimated for each of them.</param>
    /// <param name="options">The rules.</param>
    internal static NoSignal? Find(
        IReadOnlyList<ScoredTrace> traces, IReadOnlyList<TraceAdvantage> raw, AdvantageOptions options)
    {
        int[] learned = [.. Enumerable.Range(0, raw.Count).Where(i => !raw[i].Dropped)];
        if (learned.Length == 0)
        {
            return raw.GroupBy(trace => trace.DroppedFor).MaxBy(reason => reason.Count())?.Key;
        }

        var blowsUpNoise = options.BatchRule == BatchNormalisation.Standardise;
        if (!blowsUpNoise || options.EqualRewards == EqualRewardsRule.Update)
        {
            return null;
        }

        if (!GroupShaping.IsEqual([.. learned.Select(i => raw[i].Shaped)]))
        {
            return null;
        }

        // Replies that never come to an answer earn the same; saying so helps more than saying that they do.
        return learned.All(i => traces[i].Trace.Finish == FinishReason.Length)
            ? NoSignal.AllTruncated
            : NoSignal.EqualRewards;
    }
}
