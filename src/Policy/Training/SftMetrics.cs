namespace R1Reward.Policy.Training;

/// <summary>What one supervised step did.</summary>
public sealed record SftMetrics
{
    /// <summary>The optimiser's step number, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Mean loss per target before the update, in nats, prompts by their weight.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean loss per target of the replies alone, in nats; NaN where a batch has none.</summary>
    public required double ReplyLoss { get; init; }

    /// <summary>Tokens that counted in the loss.</summary>
    public required int Targets { get; init; }

    /// <summary>Tokens read, padding left out.</summary>
    public required int Tokens { get; init; }

    /// <summary>Those of them that are in this rank's share.</summary>
    public required int OwnTokens { get; init; }

    /// <summary>Norm of all gradients before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Wall time of the whole step.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Tokens read per second.</summary>
    public double TokensPerSecond => Tokens / Elapsed.TotalSeconds;
}
