using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>-min(ratio * A, clip(ratio, low, high) * A), per token.</summary>
internal static class ClippedSurrogate
{
    internal static Tensor Of(Tensor ratio, Tensor advantages, ClipRange clip) =>
        minimum(ratio * advantages, ratio.clamp(clip.Low, clip.High) * advantages).neg();
}
