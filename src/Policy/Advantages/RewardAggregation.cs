namespace R1Reward.Policy.Advantages;

/// <summary>How several reward terms of a trace become one reward.</summary>
public enum RewardAggregation
{
    /// <summary><c>sum</c>: the weighted sum, which the estimator then compares and spreads.</summary>
    Sum,

    /// <summary>
    /// <c>gdpo</c> (GDPO 2026): each term is standardised within its group first, so that a term of large numbers does
    /// not drown the others; the weighted sum is standardised over the batch. Takes the place of the estimator's
    /// comparison.
    /// </summary>
    Gdpo,
}
