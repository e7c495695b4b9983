namespace R1Reward.Rewards.Terms;

/// <summary>A configured term with the reward that computes it.</summary>
/// <param name="Definition">As configured.</param>
/// <param name="Reward">What computes it.</param>
public sealed record RewardTerm(RewardDefinition Definition, IReward Reward)
{
    /// <summary>The scores of all traces of one prompt, in their order.</summary>
    /// <exception cref="InvalidOperationException">A score that is not finite, or not one per trace.</exception>
    public async Task<IReadOnlyList<TermScore>> ScoreAsync(
        IReadOnlyList<RewardInput> group, CancellationToken cancellationToken)
    {
        var scores = Reward switch
        {
            IPointwiseReward pointwise => await EachAsync(pointwise, group, cancellationToken).ConfigureAwait(false),
            IGroupwiseReward groupwise => await groupwise.ScoreAsync(group, cancellationToken).ConfigureAwait(false),
            _ => throw Broken($"{Reward.GetType()} is neither pointwise nor groupwise"),
        };
        return scores.Count == group.Count
            ? [.. scores.Zip(group, Checked)]
            : throw Broken($"{scores.Count} scores for {group.Count} traces");
    }

    private static Task<RewardScore[]> EachAsync(
        IPointwiseReward reward, IReadOnlyList<RewardInput> group, CancellationToken cancellationToken) =>
        Task.WhenAll(group.Select(input => reward.ScoreAsync(input, cancellationToken).AsTask()));

    private TermScore Checked(RewardScore score, RewardInput input)
    {
        if (score.Value is { } value && !double.IsFinite(value))
        {
            throw Broken($"{value} for trace {input.Id}");
        }

        return new TermScore(Definition.Name, score.Value, Definition.Weight, score.Reason) { Use = score.Use };
    }

    private InvalidOperationException Broken(string what) => new($"reward term {Definition.Name}: {what}");
}
