namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="ScalarStep"/>.</summary>
public sealed record ScalarOptions
{
    /// <summary>
    /// Maximum tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.
    /// Default 2048.
    /// </summary>
    public int MicroBatchTokens { get; init; } = 2048;

    /// <summary>
    /// Whether activations are computed again in the backward pass instead of kept: a third more time, much less
    /// memory, the same result. Default false.
    /// </summary>
    public bool GradientCheckpointing { get; init; }
}
