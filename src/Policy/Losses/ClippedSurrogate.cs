using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>-min(ratio * A, clip(ratio, 1 - eps, 1 + eps) * A), per token.</summary>
internal static class ClippedSurrogate
{
    internal static Tensor Of(Tensor ratio, Tensor advantages, double epsilon) =>
        minimum(ratio * advantages, ratio.clamp(1 - epsilon, 1 + epsilon) * advantages).neg();
}
