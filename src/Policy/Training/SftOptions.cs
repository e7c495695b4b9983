namespace R1Reward.Policy.Training;

/// <summary>Settings of <see cref="SftTrainer"/>.</summary>
public sealed record SftOptions
{
    /// <summary>
    /// Maximum tokens of one forward pass, padding included; bounds the memory and changes the result by rounding only.
    /// Default 2048.
    /// </summary>
    public int MicroBatchTokens { get; init; } = 2048;

    /// <summary>
    /// What a target in the prompt counts beside 1 of the reply's, 0 to 1 (the "prompt loss weight" of others). Default
    /// 1; rows say whether their prompts are targets.
    /// </summary>
    public double PromptWeight { get; init; } = 1;

    /// <summary>
    /// Whether activations are computed again in the backward pass instead of kept: a third more time, much less
    /// memory, the same result. Default false.
    /// </summary>
    public bool GradientCheckpointing { get; init; }
}
