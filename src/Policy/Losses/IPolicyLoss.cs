using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>The objective of a policy update.</summary>
public interface IPolicyLoss
{
    /// <summary>How the losses of tokens become one number.</summary>
    TokenReduction Reduction { get; }

    /// <summary>Ratios between which a token keeps its gradient, for the metrics.</summary>
    ClipRange Clip { get; }

    /// <summary>Losses (B, T) of tokens, differentiable in their log-probabilities; what stands at padding is meaningless.</summary>
    Tensor PerToken(PolicyTokens tokens);
}
