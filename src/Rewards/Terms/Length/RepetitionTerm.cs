namespace R1Reward.Rewards.Terms.Length;

/// <summary>The n-gram repetition penalty as a term: 0 down to its largest penalty.</summary>
/// <param name="options">Words per n-gram and the largest penalty.</param>
public sealed class RepetitionTerm(RepetitionOptions options) : IPointwiseReward
{
    private readonly RepetitionPenalty _penalty = new(options);

    /// <inheritdoc/>
    public RewardField Required => RewardField.None;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(_penalty.Score(input.Reply)));
}
