namespace R1Reward.Rewards.Terms;

/// <summary>Scores one trace, whatever its neighbours are.</summary>
public interface IPointwiseReward : IReward
{
    /// <summary>
    /// The score of one trace. Expected failure (a judge out of reach) is a score without value; only cancellation and
    /// a user's mistake throw.
    /// </summary>
    ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default);
}
