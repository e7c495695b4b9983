using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>Where kernels add up the gradients of weights.</summary>
internal static unsafe class CpuGradient
{
    /// <summary>The first number of a weight's gradient; zeros are made where it has none yet.</summary>
    internal static float* Of(Tensor weight)
    {
        if (weight.grad is null)
        {
            using var mode = no_grad();
            using var zeros = zeros_like(weight);
            weight.grad = zeros;
        }

        return CpuMatrix.Start(weight.grad!);
    }
}
