namespace R1Reward.Policy.Advantages;

/// <summary>Options of <see cref="KlController"/>.</summary>
public sealed record KlOptions
{
    /// <summary>The coefficient at the start, at least 0. Default 1e-3.</summary>
    public double Initial { get; init; } = 1e-3;

    /// <summary>
    /// The divergence per token to steer to, above 0; null (the default) keeps the coefficient fixed.
    /// </summary>
    public double? Target { get; init; }

    /// <summary>
    /// Traces that one step of steering is spread over, above 0: a larger number steers more slowly. Default 10000;
    /// ignored where the coefficient is fixed.
    /// </summary>
    public double Horizon { get; init; } = 10_000;
}
