using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>
/// The three estimates of <see cref="KlEstimator"/>, for single numbers (token rewards, figures) and, differentiably,
/// for tensors (losses).
/// </summary>
public static class KlDivergence
{
    /// <summary>The estimate of one token.</summary>
    /// <param name="estimator">Which estimate.</param>
    /// <param name="d">Log-probability under the policy minus under the other.</param>
    public static double Estimate(KlEstimator estimator, double d) => estimator switch
    {
        KlEstimator.K1 => d,
        KlEstimator.K2 => d * d / 2.0,
        KlEstimator.K3 => Math.Exp(-d) - 1.0 + d,
        _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, null),
    };

    /// <summary>The estimate of each token of a tensor of any shape, differentiable.</summary>
    /// <param name="estimator">Which estimate.</param>
    /// <param name="d">Log-probabilities under the policy minus under the other.</param>
    public static Tensor Estimate(KlEstimator estimator, Tensor d) => estimator switch
    {
        KlEstimator.K1 => d,
        KlEstimator.K2 => d.Squared().div(Kept(2)),
        KlEstimator.K3 => d.neg().exp().Plus(-1).Plus(d),
        _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, null),
    };
}
