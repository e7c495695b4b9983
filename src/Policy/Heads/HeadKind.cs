namespace R1Reward.Policy.Heads;

/// <summary>The layers that turn a pooled state (C) into a score.</summary>
public enum HeadKind
{
    /// <summary>
    /// LightRFT's: linear (C, C), RMS norm, SiLU, linear (C, 1) without bias, sigmoid. Scores lie between 0 and 1.
    /// </summary>
    Normed,

    /// <summary>One linear layer with bias: MM-Reward's base and contrastive variants.</summary>
    Linear,

    /// <summary>
    /// Linear (C, C/2), GELU, linear (C/2, 1): MM-Reward's enhanced variant. Difference: its dropout of 0.1 is left
    /// out.
    /// </summary>
    Mlp,

    /// <summary>
    /// Linear (C, C), tanh, linear (C, C/2), tanh, linear (C/2, 1): MM-Reward's adaptive variant.
    /// </summary>
    Tanh,

    /// <summary>Linear (C, C), SiLU, linear (C, 1): the two layers of BaseReward (Zhang et al. 2025).</summary>
    Silu,

    /// <summary>
    /// One linear layer without bias for all heads together: the layer <c>score</c> of Hugging Face's
    /// <c>...ForSequenceClassification</c>.
    /// </summary>
    Score,
}
