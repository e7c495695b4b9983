using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>Responses as a policy loss sees them: tensors (B, T) of B responses, padded to T tokens.</summary>
/// <param name="LogProbs">Log-probabilities under the policy being trained, with their graph.</param>
/// <param name="OldLogProbs">Log-probabilities recorded when the tokens were sampled.</param>
/// <param name="Advantages">
/// Advantages; a filtered token has 0 and so no gradient, and still counts in the mean.
/// </param>
/// <param name="Mask">1 at counted tokens, 0 at padding.</param>
public sealed record PolicyTokens(Tensor LogProbs, Tensor OldLogProbs, Tensor Advantages, Tensor Mask)
{
    /// <summary>Log-probabilities under the frozen reference; needed by a divergence in the loss only.</summary>
    public Tensor? ReferenceLogProbs { get; init; }

    /// <summary>
    /// Entropies of the policy's distributions in nats, with their graph; needed by an entropy bonus only.
    /// </summary>
    public Tensor? Entropies { get; init; }

    /// <summary>
    /// 1 at tokens that have a loss, where <see cref="EntropyFilter"/> leaves some out that still count in the mean;
    /// null: all have.
    /// </summary>
    public Tensor? Learned { get; init; }

    /// <summary>ln(new probability / old probability) of each token.</summary>
    internal Tensor LogRatios() => LogProbs - OldLogProbs;

    /// <summary>The mean over each response's counted tokens, (B, 1): 0 for a response without any.</summary>
    internal Tensor Means(Tensor valuesBT) => PolicyReduction.RowMeans(valuesBT, Mask).unsqueeze(-1);
}
