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

    /// <summary>Seed of the order of responses.</summary>
    public long Seed { get; init; }
}
