namespace R1Reward.Rewards.Watch;

/// <summary>When <see cref="DriftAlarms"/> go off.</summary>
public sealed record WatchOptions
{
    /// <summary>Steps whose mean is looked at, 1 or more. Default 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Largest distance from 0 of the correlation of reward and length. Default 0.6.</summary>
    public double LengthCorrelation { get; init; } = 0.6;

    /// <summary>Largest distance from 0 of <c>first-excess</c>. Default 0.15.</summary>
    public double FirstExcess { get; init; } = 0.15;

    /// <summary>Largest share of undecided verdicts. Default 0.2.</summary>
    public double Undecided { get; init; } = 0.2;

    /// <summary>
    /// How far accuracy or agreement of judge and labels may fall below their best window. Default 0.1.
    /// </summary>
    public double Drop { get; init; } = 0.1;
}
