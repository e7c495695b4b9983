using R1Reward.Data.Pairs;

namespace R1Reward.Data.Judging;

/// <summary>What a reply says, once read.</summary>
/// <param name="Analysis">The text of the think block, or the text before the answer tag when there is no block; may be
/// empty.</param>
/// <param name="Choice">The named response, null exactly when <paramref name="Status"/> is
/// <see cref="JudgmentStatus.Invalid"/>.</param>
/// <param name="Status">How the choice was found.</param>
/// <param name="WellFormed">Whether the reply passes the strict format check.</param>
public sealed record Judgment(string Analysis, Choice? Choice, JudgmentStatus Status, bool WellFormed)
{
    /// <summary>
    /// Whether it names the preferred response: what accuracy counts everywhere. A tie or an unknown label has none.
    /// </summary>
    public bool IsRight(PreferenceLabel? label) => Choice is { } choice && choice == label.Preferred();
}
