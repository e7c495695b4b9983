using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Values;

/// <summary>The critic's loss, clipped around the values recorded at rollout as PPO's published code does.</summary>
public static class ValueLoss
{
    /// <summary>
    /// 0.5 * mean over rows of the masked mean of the larger of the plain and the clipped squared error.
    /// </summary>
    /// <param name="valuesBT">Values (B, T) of the critic being trained.</param>
    /// <param name="oldValuesBT">Values at rollout.</param>
    /// <param name="returnsBT">The returns that the values should come to.</param>
    /// <param name="maskBT">1 at counted tokens.</param>
    /// <param name="clip">Largest distance from the old value that counts; null: no clipping.</param>
    public static Tensor Compute(Tensor valuesBT, Tensor oldValuesBT, Tensor returnsBT, Tensor maskBT, double? clip)
    {
        using var scope = NewDisposeScope();
        var error = (valuesBT - returnsBT).Squared();
        if (clip is { } width)
        {
            var clippedBT = oldValuesBT.Plus((valuesBT - oldValuesBT).clamp(Kept(-width), Kept(width)));
            error = maximum(error, (clippedBT - returnsBT).Squared());
        }

        return PolicyReduction.RowMeans(error, maskBT).mean().mul(Kept(0.5)).MoveToOuterDisposeScope();
    }
}
