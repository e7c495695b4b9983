using R1Reward.Policy.Losses;

namespace R1Reward.Policy.Advantages;

/// <summary>Options of <see cref="AdvantagePipeline"/>.</summary>
public sealed record AdvantageOptions
{
    /// <summary>How rewards become advantages. Default <see cref="AdvantageEstimator.Reinforce"/>.</summary>
    public AdvantageEstimator Estimator { get; init; } = AdvantageEstimator.Reinforce;

    /// <summary>Discount per token, 0 to 1. Default 1.</summary>
    public double Gamma { get; init; } = 1.0;

    /// <summary>
    /// Lambda of generalised advantage estimation, 0 to 1. Default 0.95; the other estimators ignore it.
    /// </summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>
    /// The divergence estimate that is subtracted from token rewards. Default <see cref="KlEstimator.K1"/>.
    /// </summary>
    public KlEstimator Kl { get; init; } = KlEstimator.K1;

    /// <summary>
    /// Sequence rewards are cut to this distance from 0, after group shaping. Default 10; null: not cut.
    /// </summary>
    public double? RewardClip { get; init; } = 10.0;

    /// <summary>
    /// The deviation that <c>group-norm</c> divides by. Default <see cref="GroupDeviation.Sample"/>; ignored by the
    /// others.
    /// </summary>
    public GroupDeviation GroupDeviation { get; init; } = GroupDeviation.Sample;

    /// <summary>
    /// Which standardised advantages are kept. Default <see cref="AdvantageFilterRule.Paper"/>; used where the batch is
    /// standardised.
    /// </summary>
    public AdvantageFilterRule Filter { get; init; } = AdvantageFilterRule.Paper;

    /// <summary>
    /// What is done over the whole batch. Default <see cref="BatchNormalisation.Standardise"/>; see
    /// <see cref="BatchRule"/>.
    /// </summary>
    public BatchNormalisation Batch { get; init; } = BatchNormalisation.Standardise;

    /// <summary>
    /// What is done with a batch whose rewards are all equal; used where the batch is standardised. Default
    /// <see cref="EqualRewardsRule.Skip"/>.
    /// </summary>
    public EqualRewardsRule EqualRewards { get; init; } = EqualRewardsRule.Skip;

    /// <summary>
    /// How several reward terms become one; used where <see cref="TermWeights"/> are given. Default
    /// <see cref="RewardAggregation.Sum"/>.
    /// </summary>
    public RewardAggregation Aggregation { get; init; } = RewardAggregation.Sum;

    /// <summary>Weight of each reward term; empty where traces come with a finished reward.</summary>
    public IReadOnlyList<double> TermWeights { get; init; } = [];

    /// <summary>
    /// What running moments do to rewards, after group shaping and before they are cut. Default
    /// <see cref="RewardNormalisation.None"/>.
    /// </summary>
    public RewardNormalisation RewardNormalisation { get; init; } = RewardNormalisation.None;

    /// <summary>
    /// Whether groups whose rewards are all the same are left out of the update (the dynamic sampling of DAPO, Yu et
    /// al. 2025, without sampling anew). Default false.
    /// </summary>
    public bool DropEqualGroups { get; init; }

    /// <summary>
    /// Whether traces that were cut off at the length limit are left out of the update (DAPO's overlong filtering).
    /// Default false.
    /// </summary>
    public bool DropTruncated { get; init; }

    /// <summary>
    /// Advantages are cut to this distance from 0 before they are normalised over the batch. Default null: not cut.
    /// </summary>
    public double? AdvantageClip { get; init; }

    /// <summary>
    /// The normalisation over the batch that takes place: none for <c>group-norm</c> and <c>gdpo</c>, which have
    /// standardised already (once, not twice), nor for <c>dr-grpo</c>.
    /// </summary>
    public BatchNormalisation BatchRule =>
        Estimator is AdvantageEstimator.GroupNorm or AdvantageEstimator.DrGrpo || ComparesTerms
            ? BatchNormalisation.None
            : Batch;

    /// <summary>Whether each term is compared within its group by itself, before they are added up.</summary>
    internal bool ComparesTerms => TermWeights.Count > 0 && Aggregation == RewardAggregation.Gdpo;
}
