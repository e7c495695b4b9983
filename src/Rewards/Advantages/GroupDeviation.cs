namespace R1Reward.Rewards.Advantages;

/// <summary>Which standard deviation of a group is meant (decision D10).</summary>
public enum GroupDeviation
{
    /// <summary><c>sample</c>: divides by n - 1.</summary>
    Sample,

    /// <summary><c>population</c>: divides by n.</summary>
    Population,
}
