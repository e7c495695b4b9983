using R1Reward.Policy.Losses;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Extending;

/// <summary>
/// PPO's clip with an upper bound of its own (DAPO, Yu et al. 2025, section 3.1). Difference from the paper: none.
/// </summary>
/// <param name="Low">How far below 1 a ratio keeps its gradient.</param>
/// <param name="High">How far above 1 a ratio keeps its gradient.</param>
public sealed record ClipHigherLoss(double Low = 0.2, double High = 0.28) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.TokenMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(Low, High);

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var ratio = (tokens.LogProbs - tokens.OldLogProbs).exp();
        var clipped = ratio.clamp(1 - Low, 1 + High);
        var loss = -minimum(ratio * tokens.Advantages, clipped * tokens.Advantages);
        return loss.MoveToOuterDisposeScope();
    }
}
