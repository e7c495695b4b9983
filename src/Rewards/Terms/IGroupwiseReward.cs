namespace R1Reward.Rewards.Terms;

/// <summary>Scores all traces of one prompt together: a score may depend on the others.</summary>
public interface IGroupwiseReward : IReward
{
    /// <summary>One score for each trace, in their order. Failure as for <see cref="IPointwiseReward"/>.</summary>
    ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
        IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default);
}
