using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>
/// The surrogate of a policy update. An implementation states its differences from the paper in its summary, holds its
/// settings as a record and no state; <see cref="PolicyObjective"/> adds divergence, entropy bonus and masks to any.
/// </summary>
public interface IPolicyLoss
{
    /// <summary>How the losses of tokens become one number.</summary>
    TokenReduction Reduction { get; }

    /// <summary>Ratios between which a token keeps its gradient, for the metrics.</summary>
    ClipRange Clip { get; }

    /// <summary>
    /// Losses (B, T) of tokens, differentiable in their log-probabilities; the values at padding are meaningless.
    /// </summary>
    Tensor PerToken(PolicyTokens tokens);
}
