using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>The objective of a policy update, per token.</summary>
public interface IPolicyLoss
{
    /// <summary>
    /// Losses of tokens, differentiable in <paramref name="logProbs"/>; all four tensors have one shape. Reduction is the
    /// caller's: mean over the counted tokens of a row, then mean over rows (<see cref="PolicyReduction"/>).
    /// </summary>
    /// <param name="logProbs">Log-probabilities under the policy being trained.</param>
    /// <param name="oldLogProbs">Log-probabilities recorded when the tokens were sampled.</param>
    /// <param name="advantages">Advantages; a filtered token has 0 and so no gradient, and still counts in the mean.</param>
    Tensor PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages);
}
