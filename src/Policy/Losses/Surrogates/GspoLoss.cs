using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// GSPO (Zheng et al. 2025). Difference from GRPO: one ratio per response, the geometric mean of its tokens' ratios,
/// which is clipped as a whole; the bounds are therefore much narrower. LUSPO (length-unbiased) sums over a response's
/// tokens where GSPO takes their mean, so that long responses do not weigh less.
/// Difference from the paper: advantages may differ between the tokens of a response (a penalty per token).
/// </summary>
/// <param name="ClipLow">How far below 1 a response's ratio is trusted.</param>
/// <param name="ClipHigh">How far above 1.</param>
/// <param name="LengthUnbiased">Whether the loss is LUSPO's.</param>
public sealed record GspoLoss(double ClipLow = 3e-4, double ClipHigh = 4e-4, bool LengthUnbiased = false) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => LengthUnbiased ? TokenReduction.SequenceSum : TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(ClipLow, ClipHigh) with { WholeSequence = true };

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var ratio = tokens.Means(tokens.LogRatios()).exp();
        return ClippedSurrogate.Compute(ratio, tokens.Advantages, Clip).MoveToOuterDisposeScope();
    }
}
