using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="Critic"/>.</summary>
public sealed record CriticOptions
{
    /// <summary>
    /// Constant learning rate. Default 9e-6, as published for large models; small ones need far more.
    /// </summary>
    public double LearningRate { get; init; } = 9e-6;

    /// <summary>
    /// Largest distance from the value at rollout that counts; null: not clipped. Default 0.2.
    /// </summary>
    public double? ValueClip { get; init; } = 0.2;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down to it. Default 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Responses per optimiser step. Default 128.</summary>
    public int TrainBatchSize { get; init; } = 128;

    /// <summary>Passes over each rollout. Default 1.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>
    /// Maximum tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.
    /// Default 2048.
    /// </summary>
    public int MicroBatchTokens { get; init; } = 2048;

    /// <summary>Called after each micro-batch, on the thread of the update; null: not.</summary>
    public Action? OnMicroBatch { get; init; }

    /// <summary>What each of several ranks holds a part of alone. Default: nothing.</summary>
    public Sharding Sharding { get; init; }

    /// <summary>Seed of the order of responses.</summary>
    public long Seed { get; init; }
}
