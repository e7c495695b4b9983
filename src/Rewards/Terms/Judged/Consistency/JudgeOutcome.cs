using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>The judge's verdict on one reply, or why there is none.</summary>
/// <param name="Verdict">Consistent, Inconsistent or Undecided.</param>
/// <param name="Reason">Why it is undecided; null otherwise.</param>
/// <param name="Failure">
/// The failed call behind an undecided verdict; null where the judge answered, however unclearly.
/// </param>
/// <param name="Asks">Questions put to the judge.</param>
public sealed record JudgeOutcome(ConsistencyVerdict Verdict, string? Reason, JudgeFailure? Failure, int Asks)
{
    /// <summary>What the verdict took.</summary>
    public JudgeUse Use { get; init; } = new();
}
