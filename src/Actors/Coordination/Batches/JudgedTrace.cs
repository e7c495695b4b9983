using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>One trace on its way through the pipeline: sampled, judged, scored.</summary>
/// <param name="Pair">The pair it judges.</param>
/// <param name="Group">Samples of one prompt share a group.</param>
/// <param name="Trace">The trace.</param>
/// <param name="Judgment">What its text says.</param>
public sealed record JudgedTrace(PreferencePair Pair, int Group, Trace Trace, Judgment Judgment)
{
    /// <summary>The judge's verdict; NotAsked until it is in.</summary>
    public ConsistencyVerdict Verdict { get; init; } = ConsistencyVerdict.NotAsked;

    /// <summary>Why the judge gave no verdict; null when it did or was not asked.</summary>
    public string? JudgeReason { get; init; }

    /// <summary>What the verdict took; null where no judge was asked.</summary>
    public JudgeUse? JudgeUse { get; init; }

    /// <summary>The reward; null until it is in.</summary>
    public RewardBreakdown? Reward { get; init; }

    /// <summary>What the watch for reward hacking looks at, once the reward is in.</summary>
    public WatchedTrace Watched => new(Reward!.Total, Reward.Terms, Trace.Tokens.Length, Trace.Text, Judgment, Pair.Label, Verdict);
}
