using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>A reward that differs from text to text, so that a model that says anything learns.</summary>
public sealed class TextTerm : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.None;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(input.Reply.Sum(letter => letter) % 7));
}
