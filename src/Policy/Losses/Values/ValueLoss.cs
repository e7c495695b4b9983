using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Values;

/// <summary>The critic's loss, clipped around the values recorded at rollout as PPO does.</summary>
public static class ValueLoss
{
    /// <summary>0.5 * mean over rows of the masked mean of the larger of the plain and the clipped squared error.</summary>
    /// <param name="valuesBT">Values of the critic being trained.</param>
    /// <param name="oldValuesBT">Values at rollout.</param>
    /// <param name="returnsBT">Targets.</param>
    /// <param name="maskBT">1 at counted tokens.</param>
    /// <param name="clip">Furthest move from the old value that counts; null: no clipping.</param>
    public static Tensor Compute(Tensor valuesBT, Tensor oldValuesBT, Tensor returnsBT, Tensor maskBT, double? clip)
    {
        using var scope = NewDisposeScope();
        var error = (valuesBT - returnsBT).square();
        if (clip is { } width)
        {
            error = maximum(error, (oldValuesBT + (valuesBT - oldValuesBT).clamp(-width, width) - returnsBT).square());
        }

        return PolicyReduction.RowMeans(error, maskBT).mean().mul(0.5).MoveToOuterDisposeScope();
    }
}
