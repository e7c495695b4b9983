namespace R1Reward.Rewards.Terms;

/// <summary>Whether the analysis supports the answer, as far as a judge could say (decision D2).</summary>
public enum ConsistencyVerdict
{
    /// <summary>No judge was asked, because its verdict could not change the reward.</summary>
    NotAsked,

    /// <summary>The judge says that the analysis supports the answer.</summary>
    Consistent,

    /// <summary>The judge says that it does not.</summary>
    Inconsistent,

    /// <summary>
    /// No verdict: the judge was out of reach or its replies did not parse. Never taken for either of the others.
    /// </summary>
    Undecided,
}
