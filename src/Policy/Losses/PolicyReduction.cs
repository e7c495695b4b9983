using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>From numbers per token to one per response, so that long responses weigh no more than short ones.</summary>
public static class PolicyReduction
{
    /// <summary>Mean over the counted tokens of each row (B, T) -> (B); a row without any gives 0, not NaN.</summary>
    public static Tensor RowMeans(Tensor perTokenBT, Tensor maskBT)
    {
        using var scope = NewDisposeScope();
        return ((perTokenBT * maskBT).sum(-1) / maskBT.sum(-1).clamp(min: Kept(1))).MoveToOuterDisposeScope();
    }
}
