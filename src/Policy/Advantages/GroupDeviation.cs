namespace R1Reward.Policy.Advantages;

/// <summary>Which standard deviation <c>group-norm</c> divides by.</summary>
public enum GroupDeviation
{
    /// <summary><c>sample</c>: of the group, dividing by n - 1.</summary>
    Sample,

    /// <summary><c>population</c>: of the group, dividing by n.</summary>
    Population,

    /// <summary><c>batch-sample</c>: of all rewards of the batch, dividing by n - 1.</summary>
    BatchSample,

    /// <summary><c>batch-population</c>: of all rewards of the batch, dividing by n.</summary>
    BatchPopulation,
}
