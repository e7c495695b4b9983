using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// |first - second| of responses that were found equally good: LightRFT's loss of ties, with a weight of 0.01 there.
/// Difference: none.
/// </summary>
public static class TieLoss
{
    /// <summary>The loss (N) of each pair.</summary>
    public static Tensor PerPair(Tensor firstN, Tensor secondN)
    {
        using var scope = NewDisposeScope();
        return (firstN - secondN).abs().MoveToOuterDisposeScope();
    }
}
