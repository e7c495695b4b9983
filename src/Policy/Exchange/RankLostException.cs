namespace R1Reward.Policy.Exchange;

/// <summary>A rank is gone, so that what the group was doing cannot be finished.</summary>
/// <param name="rank">The rank that is gone, as far as this one knows.</param>
/// <param name="reason">What was seen of it.</param>
/// <param name="cause">The failure of the connection, where there was one.</param>
public sealed class RankLostException(int rank, string reason, Exception? cause = null)
    : IOException($"learner rank {rank} is lost: {reason}", cause)
{
    /// <summary>The rank that is gone, as far as this one knows.</summary>
    public int Rank { get; } = rank;
}
