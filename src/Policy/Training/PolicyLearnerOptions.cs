namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="PolicyLearner"/>.</summary>
public sealed record PolicyLearnerOptions
{
    /// <summary>
    /// Responses per optimiser step; a rollout of twice as many gives two steps, the second off-policy. Default 128.
    /// </summary>
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

    /// <summary>
    /// Whether activations are computed again in the backward pass instead of kept: a third more time, much less
    /// memory, the same result. Default false.
    /// </summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>
    /// Maximum tokens of a response; read by losses that divide by a constant length. Default 1024.
    /// </summary>
    public int MaxResponseTokens { get; init; } = 1024;

    /// <summary>
    /// Whether a step whose loss or gradient is not finite is left out and counted; otherwise it is an error. Default
    /// false.
    /// </summary>
    public bool SkipNonFinite { get; init; }

    /// <summary>Seed of the order of responses.</summary>
    public long Seed { get; init; }
}
