using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>Estimates of the divergence from the reference per token, from d = log-probability under the policy minus under the reference.</summary>
public static class KlLoss
{
    /// <summary>d: unbiased as a number, but its gradient is that of the log-probability and vanishes in expectation.</summary>
    public static Tensor K1(Tensor differences) => differences;

    /// <summary>d^2 / 2: its gradient is that of the divergence, in expectation.</summary>
    public static Tensor K2(Tensor differences) => differences.square() / 2;

    /// <summary>exp(-d) - 1 + d: unbiased and never negative.</summary>
    public static Tensor K3(Tensor differences)
    {
        using var scope = NewDisposeScope();
        return (differences.neg().exp() - 1 + differences).MoveToOuterDisposeScope();
    }
}
