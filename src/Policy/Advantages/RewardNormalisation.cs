namespace R1Reward.Policy.Advantages;

/// <summary>What is done to rewards by the moments of all rewards of the run so far.</summary>
public enum RewardNormalisation
{
    /// <summary><c>none</c>: rewards stay as they are.</summary>
    None,

    /// <summary><c>scale</c>: divided by the deviation.</summary>
    Scale,

    /// <summary><c>standardise</c>: minus the mean, divided by the deviation.</summary>
    Standardise,
}
