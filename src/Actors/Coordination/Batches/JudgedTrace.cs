using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>
/// A trace of a batch with what has been found out about it so far: its judgment, then its verdict, then its reward.
/// </summary>
/// <param name="Pair">The pair that it judges.</param>
/// <param name="Group">Which prompt of the batch it answers, from 0. The traces of one prompt are compared with each
/// other.</param>
/// <param name="Trace">The trace as the rollout worker sampled it.</param>
/// <param name="Judgment">What its text says.</param>
internal sealed record JudgedTrace(PreferencePair Pair, int Group, Trace Trace, Judgment Judgment)
{
    /// <summary>
    /// The judge's verdict on its consistency; NotAsked until it is known, and for ever where no judge is asked.
    /// </summary>
    public ConsistencyVerdict Verdict { get; init; } = ConsistencyVerdict.NotAsked;

    /// <summary>Why the judge gave no verdict; null when it did or was not asked.</summary>
    public string? JudgeReason { get; init; }

    /// <summary>Requests and seconds that the verdict took; null where no judge was asked.</summary>
    public JudgeUse? JudgeUse { get; init; }

    /// <summary>The reward; null until it is known.</summary>
    public RewardBreakdown? Reward { get; init; }

    /// <summary>What the watch for reward hacking looks at. Only for a trace that has its reward.</summary>
    public WatchedTrace Watched =>
        new(Reward!.Total, Reward.Terms, Trace.Tokens.Length, Trace.Text, Judgment, Pair.Label, Verdict);
}
