using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>The R1 composition as one term: result, format and consistency, the bonus multiplying the result.</summary>
/// <param name="options">Form and factors.</param>
public sealed class R1Term(R1CompositionOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Label | (options.ConsistencyWeight != 0 ? RewardField.Verdict : RewardField.None);

    /// <summary>The term of an entry: <c>form</c>, <c>consistency-weight</c>, <c>format-weight</c>.</summary>
    public static R1Term Create(OptionReader options) => new(new R1CompositionOptions
    {
        Form = options.OneOf("form", R1Form.Paper),
        ConsistencyWeight = options.Number("consistency-weight", 0.5, 0),
        FormatWeight = options.Number("format-weight", 0.5, 0),
    });

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var (judgment, label) = (input.Judgment, input.Pair.Label!.Value);
        var total = R1Composition.Total(options, ResultReward.Score(judgment, label), FormatReward.Score(judgment), input.Verdict);
        return ValueTask.FromResult(new RewardScore(total, input.Verdict == ConsistencyVerdict.Undecided ? "without the consistency bonus: " + (input.JudgeReason ?? "no verdict") : null));
    }
}
