namespace R1Reward.Policy.Optimization;

/// <summary>Shape of the learning rate after the warm-up.</summary>
public enum ScheduleShape
{
    /// <summary>The base rate at every step after the warm-up.</summary>
    Constant,

    /// <summary>A straight line to zero at the last step.</summary>
    Linear,

    /// <summary>A cosine from the base rate to the floor.</summary>
    Cosine,
}
