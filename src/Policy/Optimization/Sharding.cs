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
}
