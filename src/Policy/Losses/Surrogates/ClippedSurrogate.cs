using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>-min(ratio * A, clip(ratio, low, high) * A) per token: the clip of PPO (Schulman et al. 2017).</summary>
internal static class ClippedSurrogate
{
    internal static Tensor Compute(Tensor ratio, Tensor advantages, ClipRange clip) =>
        minimum(ratio * advantages, ratio.clamp(Kept(clip.Low), Kept(clip.High)) * advantages).neg();
}
