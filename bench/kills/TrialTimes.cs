namespace R1Reward.Bench.Kills;

/// <summary>Seconds from a fault to what followed; null where it did not come.</summary>
/// <param name="Detected">Another node says that a victim does not answer, or a parent that its child ended.</param>
/// <param name="TakenOver">
/// The victims are removed from the cluster; where a coordinator followed, it has begun its epoch.
/// </param>
/// <param name="FirstResult">The first update, evaluation or end in the journal after that.</param>
/// <param name="Pause">The longest time without a result after the fault.</param>
/// <param name="Back">From the healing, or the start anew, until the last victim is a member again.</param>
internal sealed record TrialTimes(
    double? Detected, double? TakenOver, double? FirstResult, double? Pause, double? Back);
