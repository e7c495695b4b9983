using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// <see cref="HpsLoss"/> plus <see cref="BradleyTerryLoss"/> with its margin: the combination "HPS+BT" in LightRFT's
/// table. Its code has no such loss, so that the sum is an assumption.
/// </summary>
/// <param name="Margin">Margin of the second term.</param>
public sealed record HpsBradleyTerryLoss(double Margin = 0.1) : IPairLoss
{
    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN)
    {
        using var scope = NewDisposeScope();
        var margin = new BradleyTerryLoss(Margin).PerPair(chosenN, rejectedN);
        return new HpsLoss().PerPair(chosenN, rejectedN).Plus(margin).MoveToOuterDisposeScope();
    }
}
