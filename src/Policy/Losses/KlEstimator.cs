namespace R1Reward.Policy.Losses;

/// <summary>
/// Estimates of the divergence from another policy per token, from d, a sampled token's log-probability under the
/// policy minus that under the other (Schulman 2020, "Approximating KL divergence"). <see cref="KlDivergence"/>
/// computes them.
/// </summary>
public enum KlEstimator
{
    /// <summary>
    /// <c>k1</c>: d. Unbiased as a number and negative at times. As part of a loss its gradient is that of the
    /// log-probability, which vanishes in expectation.
    /// </summary>
    K1,

    /// <summary>
    /// <c>k2</c>: d² / 2. Biased as a number; its gradient is that of the divergence, in expectation.
    /// </summary>
    K2,

    /// <summary><c>k3</c>: exp(-d) - 1 + d. Unbiased and never negative.</summary>
    K3,
}
