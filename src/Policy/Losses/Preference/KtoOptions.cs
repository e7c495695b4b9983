namespace R1Reward.Policy.Losses.Preference;

/// <summary>Settings of <see cref="PreferenceLosses.KtoUnpaired"/>.</summary>
public sealed record KtoOptions
{
    /// <summary>Steepness of the sigmoid over log-ratios. Default 0.1.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Weight of responses labelled as desirable. Default 1.</summary>
    public double DesirableWeight { get; init; } = 1;

    /// <summary>Weight of responses labelled as undesirable. Default 1.</summary>
    public double UndesirableWeight { get; init; } = 1;
}
