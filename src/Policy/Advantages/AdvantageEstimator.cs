namespace R1Reward.Policy.Advantages;

/// <summary>How sequence rewards become token advantages.</summary>
public enum AdvantageEstimator
{
    /// <summary><c>reinforce</c>: discounted returns of the reward as it is.</summary>
    Reinforce,

    /// <summary><c>rloo</c> (Ahmadian et al. 2024): the reward minus the mean of the others of its group.</summary>
    Rloo,

    /// <summary><c>reinforce-baseline</c>: returns of the reward minus the mean of its group.</summary>
    ReinforceBaseline,

    /// <summary>
    /// <c>group-norm</c> (GRPO, Shao et al. 2024): returns of the reward standardised within its group; no
    /// standardisation over the batch.
    /// </summary>
    GroupNorm,

    /// <summary>
    /// <c>dr-grpo</c> (Liu et al. 2025): as <c>reinforce-baseline</c>, and nothing is divided by a deviation, neither
    /// of the group nor of the batch.
    /// </summary>
    DrGrpo,

    /// <summary><c>gae</c> (Schulman et al. 2016): advantages from the values of a critic.</summary>
    Gae,
}
