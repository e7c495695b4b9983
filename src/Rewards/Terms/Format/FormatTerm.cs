namespace R1Reward.Rewards.Terms.Format;

/// <summary>1 for a well-formed reply, else 0.</summary>
/// <param name="options">What counts as well formed.</param>
public sealed class FormatTerm(FormatOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.None;

    /// <summary>The term of an entry.</summary>
    public static FormatTerm Create(OptionReader options) => new(FormatOptions.Read(options));

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(FormatReward.Score(input.Reply, options.Mode)));
}
