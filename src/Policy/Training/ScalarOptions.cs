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

    /// <summary>
    /// How the losses of several heads become one gradient; other than <see cref="HeadBalance.Weights"/> takes a
    /// forward and backward pass, and a copy of the gradients, for each head. Default
    /// <see cref="HeadBalance.Weights"/>.
    /// </summary>
    public HeadBalance Balance { get; init; }

    /// <summary>How strongly <see cref="HeadBalance.Gradnorm"/> favours slow heads. Default 1.5.</summary>
    public double GradNormAlpha { get; init; } = 1.5;

    /// <summary>Step size of its weights. Default 0.025.</summary>
    public double GradNormRate { get; init; } = 0.025;

    /// <summary>Seed of the orders of <see cref="HeadBalance.Pcgrad"/>. Default 0.</summary>
    public long Seed { get; init; }
}
