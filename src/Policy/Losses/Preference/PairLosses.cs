using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>Losses of scalar reward models over scores (N) of a chosen and a rejected response.</summary>
public static class PairLosses
{
    /// <summary>
    /// Bradley-Terry: mean of -ln sigmoid(chosen - rejected - margin); the margin is one number, one per row, or null
    /// for 0.
    /// </summary>
    public static Tensor Sigmoid(Tensor chosenN, Tensor rejectedN, Tensor? margin = null)
    {
        using var scope = NewDisposeScope();
        var gap = chosenN - rejectedN;
        return logsigmoid(margin is null ? gap : gap - margin).mean().neg().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Mean of ln(1 + exp(rejected - chosen)): the same function as <see cref="Sigmoid"/> without margin, evaluated so
    /// that it cannot overflow.
    /// </summary>
    public static Tensor LogExp(Tensor chosenN, Tensor rejectedN) => Sigmoid(chosenN, rejectedN);

    /// <summary>
    /// coefficient * mean of (chosen + rejected)^2: added to a pair loss, it keeps scores around 0 (Eisenstein et al.
    /// 2023).
    /// </summary>
    public static Tensor Centring(Tensor chosenN, Tensor rejectedN, double coefficient)
    {
        using var scope = NewDisposeScope();
        return chosenN.Plus(rejectedN).Squared().mean().mul(Kept(coefficient)).MoveToOuterDisposeScope();
    }
}
