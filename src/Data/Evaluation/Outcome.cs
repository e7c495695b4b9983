using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>One judged row of a suite.</summary>
/// <param name="Category">The category it is counted under.</param>
/// <param name="Group">Rows of one group must all be right for ACC+.</param>
/// <param name="IsCorrect">Whether the policy named the preferred response; what is no choice is wrong.</param>
/// <param name="IsUnreadable">Whether no reply named a response (decision D7).</param>
public sealed record Outcome(string Category, string Group, bool IsCorrect, bool IsUnreadable)
{
    /// <summary>Whether the vote is even and the tie rule names no winner: readable, and counted wrong.</summary>
    public bool IsTied { get; init; }

    /// <summary>The outcome of a vote on a pair; a tie in the label counts no choice as right.</summary>
    public static Outcome FromTally(PreferencePair pair, VoteTally tally, string category) => new(
        category,
        pair.Group ?? pair.Id.Value,
        tally.Winner is { } winner && winner == pair.Label.Preferred(),
        tally.Votes == 0)
    {
        IsTied = tally.Tied && tally.Winner is null,
    };
}
