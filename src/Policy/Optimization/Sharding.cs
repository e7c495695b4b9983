namespace R1Reward.Policy.Optimization;

/// <summary>
/// What of a model's training state each rank holds a part of alone, instead of the whole (ZeRO, Rajbhandari et al.
/// 2020).
/// </summary>
public enum Sharding
{
    /// <summary>Nothing: every rank holds all of it.</summary>
    None,

    /// <summary>
    /// Moments and float32 masters (stage 1): each rank updates its part of the weights, which then go to all.
    /// </summary>
    Optimizer,

    /// <summary>
    /// Sums of gradients as well (stage 2): those of a layer are summed over the ranks as soon as a backward pass has
    /// made them, micro-batch by micro-batch, and but for the rank's part dropped.
    /// </summary>
    Gradients,

    /// <summary>
    /// Weights as well (stage 3): those of a layer are gathered for a pass of it and dropped after it, in each
    /// micro-batch twice, since activations are computed again. Of an adapter nothing more than the stage before.
    /// </summary>
    Parameters,
}
