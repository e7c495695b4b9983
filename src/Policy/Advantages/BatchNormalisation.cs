namespace R1Reward.Policy.Advantages;

/// <summary>What is done to advantages over the tokens of the whole batch.</summary>
public enum BatchNormalisation
{
    /// <summary>
    /// <c>standardise</c>: minus the mean, divided by the population deviation; then the advantage filter.
    /// </summary>
    Standardise,

    /// <summary><c>centre</c>: minus the mean.</summary>
    Centre,

    /// <summary><c>none</c>: advantages stay as they are.</summary>
    None,
}
