namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="SftTrainer"/>.</summary>
public sealed record SftOptions
{
    /// <summary>Most tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.</summary>
    public int MicroBatchTokens { get; init; } = 2048;
}
