using Newtonsoft.Json.Linq;
using R1Reward.Data.Options;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>The R1 composition as one term: result, format and consistency, the bonus multiplying the result.</summary>
/// <param name="options">Form and factors.</param>
public sealed class R1Term(R1CompositionOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => options.ConsistencyWeight == 0
        ? RewardField.Label
        : RewardField.Label | RewardField.Verdict;

    /// <summary>The term of a run that names none.</summary>
    /// <param name="form">How a verdict is valued.</param>
    /// <param name="consistency">Whether the consistency judge may be asked.</param>
    public static RewardDefinition Definition(R1Form form, bool consistency)
    {
        var options = new JObject { ["form"] = EnumNames.Dashed(form) };
        options["consistency-weight"] = consistency ? new R1CompositionOptions().ConsistencyWeight : 0.0;
        return new RewardDefinition("r1", "r1", Weight: 1.0, WaitsForBatch: false, options);
    }

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var total = R1Composition.Total(options, input.Judgment, input.Pair.Label!.Value, input.Verdict);
        var reason = input.Verdict == ConsistencyVerdict.Undecided
            ? "without the consistency bonus: " + (input.JudgeReason ?? "no verdict")
            : null;
        return ValueTask.FromResult(new RewardScore(total, reason));
    }
}
