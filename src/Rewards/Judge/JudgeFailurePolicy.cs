namespace R1Reward.Rewards.Judge;

/// <summary>What a run does while the judge is out of reach (<c>judge.on-failure</c>).</summary>
public enum JudgeFailurePolicy
{
    /// <summary><c>pause</c>: the step waits for the judge.</summary>
    Pause,

    /// <summary>
    /// <c>without-bonus</c>: the trace is scored without the consistency bonus and counted as undecided.
    /// </summary>
    WithoutBonus,
}
