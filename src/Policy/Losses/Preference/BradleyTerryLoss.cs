using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// -ln sigmoid(chosen - rejected - margin) (Bradley and Terry 1952; the margin as in Touvron et al. 2023, section
/// 3.2.2): LightRFT's <c>sigmoid</c>, with a margin of 0.1 there. Difference: evaluated so that no gap overflows.
/// </summary>
/// <param name="Margin">How much more a chosen response should have.</param>
public sealed record BradleyTerryLoss(double Margin = 0) : IPairLoss
{
    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN)
    {
        using var scope = NewDisposeScope();
        return logsigmoid((chosenN - rejectedN).Plus(-Margin)).neg().MoveToOuterDisposeScope();
    }

    /// <summary>As the other, with a margin (N) of each pair's own, or one number for all.</summary>
    public static Tensor PerPair(Tensor chosenN, Tensor rejectedN, Tensor margin)
    {
        using var scope = NewDisposeScope();
        return logsigmoid(chosenN - rejectedN - margin).neg().MoveToOuterDisposeScope();
    }
}
