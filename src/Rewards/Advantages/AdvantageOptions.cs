namespace R1Reward.Rewards.Advantages;

/// <summary>Options of <see cref="AdvantagePipeline"/>.</summary>
public sealed record AdvantageOptions
{
    /// <summary>How rewards become advantages. Default <see cref="AdvantageEstimator.Reinforce"/>.</summary>
    public AdvantageEstimator Estimator { get; init; } = AdvantageEstimator.Reinforce;

    /// <summary>Discount per token, 0 to 1. Default 1.</summary>
    public double Gamma { get; init; } = 1.0;

    /// <summary>Lambda of generalised advantage estimation, 0 to 1. Default 0.95; the other estimators ignore it.</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>The divergence estimate that is subtracted from token rewards. Default <see cref="KlEstimator.K1"/>.</summary>
    public KlEstimator Kl { get; init; } = KlEstimator.K1;

    /// <summary>Sequence rewards are cut to this distance from 0, after group shaping. Default 10; null: not cut.</summary>
    public double? RewardClip { get; init; } = 10.0;

    /// <summary>The deviation that <c>group_norm</c> divides by. Default <see cref="GroupDeviation.Sample"/>; ignored by the others.</summary>
    public GroupDeviation GroupDeviation { get; init; } = GroupDeviation.Sample;

    /// <summary>Which standardised advantages are kept. Default <see cref="AdvantageFilterRule.Paper"/>; ignored by <c>group_norm</c>.</summary>
    public AdvantageFilterRule Filter { get; init; } = AdvantageFilterRule.Paper;

    /// <summary>
    /// Whether advantages are standardised over the whole batch: for every estimator but <c>group_norm</c>, which has
    /// standardised within groups already (decision D18: once, not twice).
    /// </summary>
    public bool StandardisesBatch => Estimator != AdvantageEstimator.GroupNorm;
}
