using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Bradley-Terry whose pairs count the more the less they are decided (MM-Reward's adaptive variant): alpha * u * -ln p
/// with p = sigmoid(d), d = chosen - rejected, u = exp(-beta |d|) (1 - p)^gamma without gradient, scaled so that its
/// mean over the batch is 1. Difference: ln p is evaluated so that no gap overflows.
/// </summary>
/// <param name="Alpha">Factor of the whole loss.</param>
/// <param name="Beta">How fast decided pairs lose weight.</param>
/// <param name="Gamma">How fast right ones do.</param>
public sealed record AdaptiveLoss(double Alpha = 1, double Beta = 0.5, double Gamma = 2) : IPairLoss
{
    private const double Tiny = 1e-8;

    /// <inheritdoc/>
    public bool ComparesPairs => true;

    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN)
    {
        using var scope = NewDisposeScope();
        var gap = chosenN - rejectedN;
        var raw = Weights(gap.detach());
        var weights = raw / raw.sum().Plus(Tiny) * Kept(gap.numel());
        return logsigmoid(gap).mul(weights).mul(Kept(-Alpha)).MoveToOuterDisposeScope();
    }

    private Tensor Weights(Tensor gap) => gap.abs().mul(Kept(-Beta)).exp() * gap.neg().sigmoid().pow(Kept(Gamma));
}
