using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// StableReinforce's surrogate (R1-Reward, section 3.2). Differences from PPO-clip: the log-ratio is clamped to
/// [-ln delta, ln delta] <em>before</em> the exponential (Pre-CLIP), so that a token with a negative advantage and a
/// huge ratio, which the PPO clip leaves unbounded, has a bounded loss and no gradient. Difference from the paper: none
/// here; its advantage filter and consistency reward come in through the advantages.
/// </summary>
/// <param name="ClipEpsilon">Half width of the trusted range of ratios.</param>
/// <param name="PreClipDelta">
/// Largest ratio after Pre-CLIP; the smallest is its inverse. The paper leaves it open, the published code has 1000.
/// </param>
public sealed record StableReinforceLoss(double ClipEpsilon = 0.2, double PreClipDelta = 1000) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(ClipEpsilon, ClipEpsilon);

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var bound = Math.Log(PreClipDelta);
        var ratio = tokens.LogRatios().clamp(Kept(-bound), Kept(bound)).exp();
        return ClippedSurrogate.Compute(ratio, tokens.Advantages, Clip).MoveToOuterDisposeScope();
    }
}
