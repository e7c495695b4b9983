using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>One judged row of a suite.</summary>
/// <param name="Category">The category it is counted under.</param>
/// <param name="Group">Rows of one group must all be right for ACC+.</param>
/// <param name="IsCorrect">Whether the policy named the preferred response; an unreadable reply is wrong.</param>
/// <param name="IsUnreadable">Whether the reply named no response (decision D7).</param>
public sealed record Outcome(string Category, string Group, bool IsCorrect, bool IsUnreadable)
{
    /// <summary>The outcome of a pair; a tie in the label counts no choice as right.</summary>
    public static Outcome FromChoice(PreferencePair pair, Choice? choice, string category) => new(
        category,
        pair.Group ?? pair.Id.Value,
        (choice, pair.Label) is (Choice.First, PreferenceLabel.First) or (Choice.Second, PreferenceLabel.Second),
        choice is null);
}
