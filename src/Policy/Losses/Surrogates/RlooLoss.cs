using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// The sequence loss of RLOO (Ahmadian et al. 2024): a response is one action, its ratio the product of its tokens'
/// ratios, PPO-clipped. Difference from GSPO: the product, not the geometric mean, so long responses clip sooner.
/// Difference from the paper: the clip, which makes more than one step on a rollout possible.
/// </summary>
/// <param name="ClipEpsilon">Half width of the trusted range of a response's ratio.</param>
public sealed record RlooLoss(double ClipEpsilon = 0.2) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.None;

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var ratio = (tokens.LogRatios() * tokens.Mask).sum(-1, keepdim: true).exp();
        var clip = ClipRange.Around(ClipEpsilon, ClipEpsilon);
        return ClippedSurrogate.Compute(ratio, tokens.Advantages, clip).MoveToOuterDisposeScope();
    }
}
