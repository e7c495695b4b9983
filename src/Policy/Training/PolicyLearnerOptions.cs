namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="PolicyLearner"/>.</summary>
public sealed record PolicyLearnerOptions
{
    /// <summary>Responses per optimiser step; a rollout of twice as many gives two steps, the second off-policy.</summary>
    public int TrainBatchSize { get; init; } = 128;

    /// <summary>Passes over each rollout.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>Most tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.</summary>
    public int MicroBatchTokens { get; init; } = 2048;

    /// <summary>Whether activations are computed again in the backward pass instead of kept: a third more time, much less memory, the same result.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>Tokens that a response can have at most; used by losses that divide by a constant length.</summary>
    public int MaxResponseTokens { get; init; } = 1024;

    /// <summary>Whether a step whose loss or gradient is not finite is left out and counted; otherwise it is an error.</summary>
    public bool SkipNonFinite { get; init; }

    /// <summary>Seed of the order of responses.</summary>
    public long Seed { get; init; }
}
