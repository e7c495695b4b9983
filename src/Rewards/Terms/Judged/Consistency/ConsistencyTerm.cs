using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>
/// Whether the analysis supports the answer, by the judge's verdict: 1, 0 or -1; no value where the judge gave no
/// verdict.
/// </summary>
/// <param name="options">How a verdict is valued.</param>
public sealed class ConsistencyTerm(ConsistencyOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Verdict;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var score = input.Verdict == ConsistencyVerdict.Undecided
            ? RewardScore.Unknown("judge: " + (input.JudgeReason ?? "no verdict"))
            : new RewardScore(R1Composition.Consistency(options.Form, input.Verdict));
        return ValueTask.FromResult(score);
    }
}
