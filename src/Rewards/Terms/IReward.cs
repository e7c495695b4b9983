namespace R1Reward.Rewards.Terms;

/// <summary>
/// A reward, which is an <see cref="IPointwiseReward"/> or an <see cref="IGroupwiseReward"/>. Safe for concurrent use.
/// </summary>
public interface IReward
{
    /// <summary>What it reads of a trace beyond the reply.</summary>
    RewardField Required { get; }
}
