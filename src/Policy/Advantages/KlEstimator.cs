namespace R1Reward.Policy.Advantages;

/// <summary>Estimates of the divergence from the reference per token, from d = log-prob under the policy minus under the reference.</summary>
public enum KlEstimator
{
    /// <summary><c>k1</c>: d. Unbiased, may be negative.</summary>
    K1,

    /// <summary><c>k2</c>: d² / 2.</summary>
    K2,

    /// <summary><c>k3</c>: exp(-d) - 1 + d. Unbiased and never negative.</summary>
    K3,
}
