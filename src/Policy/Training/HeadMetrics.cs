namespace R1Reward.Policy.Training;

/// <summary>What a step found of one head of a scalar model, before the update.</summary>
public sealed record HeadMetrics
{
    /// <summary>Name of the head.</summary>
    public required string Head { get; init; }

    /// <summary>Pairs of which the head prefers one response; without them the other figures are null.</summary>
    public required int Pairs { get; init; }

    /// <summary>Pairs that are ties for it.</summary>
    public required int Ties { get; init; }

    /// <summary>Mean pair loss in nats.</summary>
    public double? Loss { get; init; }

    /// <summary>
    /// By what its loss was multiplied, where that follows how fast it learns; null where it stays.
    /// </summary>
    public double? Weight { get; init; }

    /// <summary>Share of pairs whose preferred response has the higher score.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Mean score of preferred responses, learned scale included.</summary>
    public double? Chosen { get; init; }

    /// <summary>Mean score of the others, learned scale included.</summary>
    public double? Rejected { get; init; }

    /// <summary>
    /// Running mean of <see cref="Loss"/> over the steps that had pairs: 0.9 of the old and 0.1 of the new, from 0 on,
    /// as published.
    /// </summary>
    public required double MeanLoss { get; init; }

    /// <summary>Running mean of <see cref="Accuracy"/>.</summary>
    public required double MeanAccuracy { get; init; }
}
