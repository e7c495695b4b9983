using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// CPGD (Liu et al. 2025): policy gradient on log-probabilities, which are clipped instead of ratios. Difference from
/// PPO-clip: the ratio does not enter, so a token's loss grows linearly in its log-ratio and never exponentially.
/// </summary>
/// <param name="ClipEpsilon">Half width of the trusted range of ratios.</param>
public sealed record CpgdLoss(double ClipEpsilon = 0.2) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(ClipEpsilon, ClipEpsilon);

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var raised = minimum(tokens.LogProbs, tokens.OldLogProbs.Plus(Math.Log(Clip.High)));
        var lowered = maximum(tokens.LogProbs, tokens.OldLogProbs.Plus(Math.Log(Clip.Low)));
        var clipped = where(tokens.Advantages.gt(Kept(0)), raised, lowered);
        return (clipped * tokens.Advantages).neg().MoveToOuterDisposeScope();
    }
}
