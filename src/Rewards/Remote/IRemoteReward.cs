namespace R1Reward.Rewards.Remote;

/// <summary>
/// Scores items outside of this program: what the clients of reward servers are, and what a reward server of this
/// program puts on the network. Safe for concurrent use.
/// </summary>
public interface IRemoteReward
{
    /// <summary>
    /// One score for each item, in their order. All items of a call may be a group whose scores depend on each other.
    /// An expected failure is <see cref="RemoteScores.Failure"/>; only cancellation by the caller throws.
    /// </summary>
    Task<RemoteScores> ScoreAsync(IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default);
}
