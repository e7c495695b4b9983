namespace R1Reward.Rewards.Terms;

/// <summary>How several terms become one advantage.</summary>
public enum RewardAggregation
{
    /// <summary><c>sum</c>: the weighted sum of the raw values is the reward.</summary>
    Sum,

    /// <summary><c>gdpo</c>: each term is standardised within its group first, then weighted and added (GDPO, arXiv 2601.05242).</summary>
    Gdpo,
}
