using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>
/// The clipped surrogate of PPO (Schulman et al. 2017) without Pre-CLIP. REINFORCE++ (Hu 2025) has this same loss; what
/// sets it apart is where its advantages come from: returns with a KL penalty per token, normalised over the batch.
/// </summary>
/// <param name="ClipEpsilon">Half width of the trusted range of ratios.</param>
public sealed record PpoClipLoss(double ClipEpsilon = 0.2) : IPolicyLoss
{
    /// <inheritdoc/>
    public Tensor PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages)
    {
        using var scope = NewDisposeScope();
        return ClippedSurrogate.Of((logProbs - oldLogProbs).exp(), advantages, ClipEpsilon).MoveToOuterDisposeScope();
    }
}
