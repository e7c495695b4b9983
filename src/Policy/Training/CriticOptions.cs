namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="Critic"/>.</summary>
public sealed record CriticOptions
{
    /// <summary>Constant learning rate. Default 9e-6, as published for large models; small ones want far more.</summary>
    public double LearningRate { get; init; } = 9e-6;

    /// <summary>Furthest move from the value at rollout that counts; null: not clipped. Default 0.2.</summary>
    public double? ValueClip { get; init; } = 0.2;

    /// <summary>Norm that gradients are clipped to.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Responses per optimiser step.</summary>
    public int TrainBatchSize { get; init; } = 128;

    /// <summary>Passes over each rollout.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>Most tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.</summary>
    public int MicroBatchTokens { get; init; } = 2048;

    /// <summary>Seed of the order of responses.</summary>
    public long Seed { get; init; }
}
