using R1Reward.Data.Text;
using R1Reward.Rewards.Terms;

namespace R1Reward.Rewards.Tests.Extending;

/// <summary>Options of the term <c>question-echo</c>.</summary>
public sealed record QuestionEchoOptions
{
    /// <summary>Edits from the question that still count as repeating it (<c>edits</c>). Default 5.</summary>
    public int Edits { get; init; } = 5;

    /// <summary>Reads the options of an entry.</summary>
    public static QuestionEchoOptions Read(OptionReader options) =>
        new() { Edits = options.Whole("edits", new QuestionEchoOptions().Edits, 0) };
}

/// <summary>1 for an analysis that says something, 0 for one that only repeats the question.</summary>
/// <param name="options">How near to the question an analysis counts as repeating it.</param>
public sealed class QuestionEchoTerm(QuestionEchoOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Question;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var edits = EditDistance.Between(input.Judgment.Analysis, input.Pair.Question);
        return ValueTask.FromResult(new RewardScore(edits > options.Edits ? 1 : 0));
    }
}
