using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// coefficient * (chosen + rejected)^2: added to a pair loss, it keeps scores around 0 (Eisenstein et al. 2023), which
/// no pair loss does.
/// </summary>
public static class CentringPenalty
{
    /// <summary>The penalty (N) of each pair.</summary>
    public static Tensor PerPair(Tensor chosenN, Tensor rejectedN, double coefficient)
    {
        using var scope = NewDisposeScope();
        return chosenN.Plus(rejectedN).Squared().mul(Kept(coefficient)).MoveToOuterDisposeScope();
    }
}
