namespace R1Reward.Policy.Losses.Preference;

/// <summary>Settings of the unpaired KTO loss.</summary>
public sealed record KtoOptions
{
    /// <summary>Steepness.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Weight of responses that people liked.</summary>
    public double DesirableWeight { get; init; } = 1;

    /// <summary>Weight of responses that they did not.</summary>
    public double UndesirableWeight { get; init; } = 1;
}
