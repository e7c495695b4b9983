namespace R1Reward.Rewards.Terms.Maths;

/// <summary>
/// 1 where the last <c>\boxed{}</c> of the reply holds the reference's value, else 0. It has no options.
/// </summary>
public sealed class MathsTerm : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Reference;

    /// <summary>1.0 where the boxed answer equals the reference.</summary>
    public static double Score(string reply, string reference) =>
        BoxedAnswer.Last(reply) is { } answer && MathsEquality.Holds(answer, reference) ? 1.0 : 0.0;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(Score(input.Reply, input.Pair.Reference!)));
}
