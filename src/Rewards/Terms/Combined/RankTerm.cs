namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// The rank of another reward among the traces of one prompt: 0 for the lowest up to (n - 1) / n. Differences from the
/// published rank reward: equal values share the mean of their ranks here, whatever order they came in; traces
/// without a value get none and are not counted.
/// </summary>
/// <param name="options">The reward that is ranked.</param>
/// <example>0.3, 0.9, 0.1, 0.5 gives 0.25, 0.75, 0, 0.5; four equal values give 0.375 each.</example>
public sealed class RankTerm(RankOptions options) : IGroupwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => options.Of.Required;

    /// <summary>The ranks of some values, in their order.</summary>
    public static double[] Ranks(IReadOnlyList<double> values) => [.. values.Select(value =>
    {
        var below = values.Count(other => other < value);
        var equal = values.Count(other => other == value);
        return (below + ((equal - 1) / 2.0)) / values.Count;
    })];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
        IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default)
    {
        var asked = group.Select(input => options.Of.ScoreAsync(input, cancellationToken).AsTask());
        var scores = await Task.WhenAll(asked).ConfigureAwait(false);
        var known = scores.Select(score => score.Value).OfType<double>().ToList();
        var ranks = new Queue<double>(Ranks(known));
        return [.. scores.Select(score => score.Value is null ? score : score with { Value = ranks.Dequeue() })];
    }
}
