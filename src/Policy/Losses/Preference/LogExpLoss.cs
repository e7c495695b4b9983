using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// ln(1 + exp(rejected - chosen)), the <c>logexp</c> of R1-Reward and LightRFT: the same function as
/// <see cref="BradleyTerryLoss"/> without margin. Difference: the published form overflows from a gap of 89 on.
/// </summary>
public sealed record LogExpLoss : IPairLoss
{
    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN) => new BradleyTerryLoss().PerPair(chosenN, rejectedN);
}
