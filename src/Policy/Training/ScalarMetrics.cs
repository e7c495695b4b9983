namespace R1Reward.Policy.Training;

/// <summary>What one step of a scalar model's training did.</summary>
public sealed record ScalarMetrics
{
    /// <summary>The optimiser's step number, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>The loss of all heads, ties included, before the update.</summary>
    public required double Loss { get; init; }

    /// <summary>The figures of each head.</summary>
    public required IReadOnlyList<HeadMetrics> Heads { get; init; }

    /// <summary>Norm of all gradients before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens read, padding left out.</summary>
    public required int Tokens { get; init; }

    /// <summary>Those of them that are in this rank's share.</summary>
    public required int OwnTokens { get; init; }

    /// <summary>Wall time of the whole step.</summary>
    public required TimeSpan Elapsed { get; init; }
}
