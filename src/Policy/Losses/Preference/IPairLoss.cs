using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>A loss of scalar reward models over the scores of a chosen and a rejected response.</summary>
public interface IPairLoss
{
    /// <summary>
    /// Whether a pair's loss depends on the other pairs of the batch, so that a batch cannot be computed in parts.
    /// </summary>
    bool ComparesPairs => false;

    /// <summary>The loss (N) of each pair, whose mean is that of the batch; finite whatever the scores.</summary>
    /// <param name="chosenN">Scores of the preferred responses.</param>
    /// <param name="rejectedN">Scores of the others.</param>
    Tensor PerPair(Tensor chosenN, Tensor rejectedN);
}
