namespace R1Reward.Rewards.Terms.Format;

/// <summary>1 for a well-formed reply, else 0.</summary>
/// <param name="options">What counts as well formed.</param>
public sealed class FormatTerm(FormatOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.None;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var score = options.Mode == FormatMode.Strict
            ? FormatReward.Score(input.Judgment)
            : FormatReward.Score(input.Reply, options.Mode);
        return ValueTask.FromResult(new RewardScore(score));
    }
}
