using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// The rank of another reward among the traces of one prompt: 0 for the lowest up to (n - 1) / n. Differences from the
/// published rank reward: equal values share the mean of their ranks there, whatever order they came in; traces
/// without a value get none and are not counted.
/// </summary>
/// <param name="of">The reward that is ranked.</param>
/// <example>0.3, 0.9, 0.1, 0.5 gives 0.25, 0.75, 0, 0.5; four equal values give 0.375 each.</example>
public sealed class RankTerm(IPointwiseReward of) : IGroupwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => of.Required;

    /// <summary>The term of an entry: <c>of</c>, the entry of the reward that is ranked.</summary>
    public static RankTerm Create(OptionReader options, RewardFactory factory) => new(factory.NestedPointwise(options.Entry("of") ?? [], options.Place + ".of"));

    /// <summary>The ranks of some values.</summary>
    public static double[] Ranks(IReadOnlyList<double> values) => [.. values.Select(value =>
    {
        var (below, equal) = (values.Count(other => other < value), values.Count(other => other == value));
        return (below + ((equal - 1) / 2.0)) / values.Count;
    })];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default)
    {
        var scores = await Task.WhenAll(group.Select(input => of.ScoreAsync(input, cancellationToken).AsTask())).ConfigureAwait(false);
        var ranks = new Queue<double>(Ranks([.. scores.Where(score => score.Value is not null).Select(score => score.Value!.Value)]));
        return [.. scores.Select(score => score.Value is null ? score : score with { Value = ranks.Dequeue() })];
    }
}
