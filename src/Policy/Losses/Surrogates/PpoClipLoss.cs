using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// The clipped surrogate of PPO (Schulman et al. 2017) without Pre-CLIP. REINFORCE++ (Hu 2025) has this same loss; what
/// sets it apart is where its advantages come from: returns with a KL penalty per token, normalised over the batch.
/// Difference from the paper: mean per response before the mean over responses, as the published reward-model trainers
/// do.
/// </summary>
/// <param name="ClipEpsilon">Half width of the trusted range of ratios.</param>
public sealed record PpoClipLoss(double ClipEpsilon = 0.2) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(ClipEpsilon, ClipEpsilon);

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        return ClippedSurrogate.Compute(tokens.LogRatios().exp(), tokens.Advantages, Clip).MoveToOuterDisposeScope();
    }
}
