namespace R1Reward.Rewards.Terms.Length;

/// <summary>The n-gram repetition penalty as a term: 0 down to its largest penalty.</summary>
/// <param name="options">Words per n-gram and the largest penalty.</param>
public sealed class RepetitionTerm(RepetitionOptions options) : IPointwiseReward
{
    private readonly RepetitionPenalty _penalty = new(options);

    /// <inheritdoc/>
    public RewardField Required => RewardField.None;

    /// <summary>The term of an entry: <c>words</c>, <c>max-penalty</c>.</summary>
    public static RepetitionTerm Create(OptionReader options) => new(new RepetitionOptions
    {
        WordsPerGram = options.Whole("words", 3, 1),
        MaxPenalty = options.Number("max-penalty", -1.0, double.MinValue, 0.0),
    });

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(_penalty.Score(input.Reply)));
}
