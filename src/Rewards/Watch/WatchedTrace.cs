using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;

namespace R1Reward.Rewards.Watch;

/// <summary>What the watch looks at in a scored trace.</summary>
/// <param name="Total">The reward; null where it is not known.</param>
/// <param name="Terms">Its terms.</param>
/// <param name="Tokens">Sampled tokens.</param>
/// <param name="Text">The reply.</param>
/// <param name="Judgment">What the reply says.</param>
/// <param name="Label">The preferred response; null when unknown.</param>
/// <param name="Verdict">What the consistency judge said.</param>
public sealed record WatchedTrace(
    double? Total,
    IReadOnlyList<TermScore> Terms,
    int Tokens,
    string Text,
    Judgment Judgment,
    PreferenceLabel? Label,
    ConsistencyVerdict Verdict)
{
    /// <summary>Whether the reply names a response.</summary>
    public bool Chooses => Judgment.Choice is not null;

    /// <summary>Whether the first response was named.</summary>
    public bool ChoosesFirst => Judgment.Choice == Choice.First;

    /// <summary>Whether the preferred response was named.</summary>
    public bool Right => Judgment.IsRight(Label);
}
