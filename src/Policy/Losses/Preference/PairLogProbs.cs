using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Log-probabilities (N) of the chosen and of the rejected response of N pairs, under policy and reference model.
/// </summary>
/// <param name="PolicyChosenN">Of the chosen responses under the policy, with gradient.</param>
/// <param name="PolicyRejectedN">Of the rejected responses under the policy, with gradient.</param>
/// <param name="ReferenceChosenN">Of the chosen responses under the reference model.</param>
/// <param name="ReferenceRejectedN">Of the rejected responses under the reference model.</param>
public sealed record PairLogProbs(
    Tensor PolicyChosenN, Tensor PolicyRejectedN, Tensor ReferenceChosenN, Tensor ReferenceRejectedN)
{
    /// <summary>
    /// The log-ratio margin h (N): how much more than the reference model the policy prefers the chosen response.
    /// </summary>
    public Tensor Margin() => PolicyChosenN - PolicyRejectedN - (ReferenceChosenN - ReferenceRejectedN);
}
