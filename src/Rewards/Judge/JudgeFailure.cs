namespace R1Reward.Rewards.Judge;

/// <summary>A failed question to the judge.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Reason">One sentence with the endpoint, for people; never holds the key.</param>
public sealed record JudgeFailure(JudgeFailureKind Kind, string Reason)
{
    /// <summary>Whether the settings are wrong and the user has to act: no question will be answered.</summary>
    public bool NeedsUser => Kind is JudgeFailureKind.Rejected or JudgeFailureKind.BadReply;

    /// <summary>Whether this question has no answer while others have: its verdict is undecided.</summary>
    public bool ConcernsTheQuestion => Kind is JudgeFailureKind.Refused or JudgeFailureKind.NoText;

    /// <summary>Whether asking again later can help.</summary>
    public bool IsTransient => !NeedsUser && !ConcernsTheQuestion;
}
