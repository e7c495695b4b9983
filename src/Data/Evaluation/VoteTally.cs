using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>The count of K judgments of one pair (test-time scaling).</summary>
/// <param name="First">How many votes name response 1.</param>
/// <param name="Second">How many votes name response 2.</param>
/// <param name="Invalid">Replies that name no response: unreadable, and no votes.</param>
/// <param name="Winner">The response with more votes; null without valid votes, and on a tie where the rule names no
/// winner.</param>
/// <example>Votes 1, 2, none, 2, 1 under <see cref="TieRule.First"/>: First 2, Second 2, Invalid 1, tied, winner
/// response 1.</example>
public sealed record VoteTally(int First, int Second, int Invalid, Choice? Winner)
{
    /// <summary>The votes: replies that name a response.</summary>
    public int Votes => First + Second;

    /// <summary>Whether both responses have equally many votes, at least one.</summary>
    public bool Tied => First == Second && First > 0;

    /// <summary>
    /// Largest count over all replies, so that unreadable ones lower it; null without votes, for nothing agrees then.
    /// </summary>
    public double? Agreement => Votes == 0 ? null : Math.Max(First, Second) / (double)Replies;

    /// <summary>Largest count over the votes; null without any.</summary>
    public double? AgreementOfValid => Votes == 0 ? null : Math.Max(First, Second) / (double)Votes;

    /// <summary>Counts votes in the order they were cast.</summary>
    public static VoteTally Count(IEnumerable<Choice?> votes, TieRule ties = TieRule.None)
    {
        var cast = votes.ToList();
        var (first, second) = (cast.Count(vote => vote == Choice.First), cast.Count(vote => vote == Choice.Second));
        Choice? winner = first > second ? Choice.First
            : second > first ? Choice.Second
            : ties == TieRule.First ? cast.Find(vote => vote is not null)
            : null;
        return new VoteTally(first, second, cast.Count - first - second, winner);
    }

    /// <summary>Whether the winner is the preferred response; no winner is wrong.</summary>
    public bool IsCorrect(Choice gold) => Winner == gold;

    /// <summary>Whether at least one vote names the preferred response.</summary>
    public bool AnyCorrect(Choice gold) => CorrectVotes(gold) > 0;

    /// <summary>Share of all replies that name the preferred response; null without replies.</summary>
    public double? CorrectRate(Choice gold) => Replies == 0 ? null : CorrectVotes(gold) / (double)Replies;

    private int Replies => Votes + Invalid;

    private int CorrectVotes(Choice gold) => gold == Choice.First ? First : Second;
}
