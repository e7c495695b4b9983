using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Cross-entropy of the logits [chosen, rejected] with the first as target (Wu et al. 2023, Human Preference Score v2):
/// LightRFT's default <c>hps</c>. In value the same as <see cref="LogExpLoss"/>. Difference: none.
/// </summary>
public sealed record HpsLoss : IPairLoss
{
    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN)
    {
        using var scope = NewDisposeScope();
        return log_softmax(stack([chosenN, rejectedN], -1), -1).select(-1, 0).neg().MoveToOuterDisposeScope();
    }
}
