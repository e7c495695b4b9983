namespace R1Reward.Rewards.Judge;

/// <summary>A failed question to the judge.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Reason">One sentence with the endpoint, for people; never holds the key.</param>
public sealed record JudgeFailure(JudgeFailureKind Kind, string Reason)
{
    /// <summary>
    /// Whether asking again later can help. Otherwise the settings are wrong and the user has to act.
    /// </summary>
    public bool IsTransient => Kind is not (JudgeFailureKind.Rejected or JudgeFailureKind.BadReply);
}
