namespace R1Reward.Rewards.Terms;

/// <summary>A term ready to work.</summary>
/// <param name="Definition">As configured.</param>
/// <param name="Reward">What computes it.</param>
public sealed record RewardTerm(RewardDefinition Definition, IReward Reward)
{
    /// <summary>The scores of all traces of one prompt, in their order.</summary>
    /// <exception cref="InvalidOperationException">A score that is not finite, or not one per trace.</exception>
    public async Task<IReadOnlyList<TermScore>> ScoreAsync(IReadOnlyList<RewardInput> group, CancellationToken cancellationToken)
    {
        var scores = Reward switch
        {
            IPointwiseReward pointwise => await Task.WhenAll(group.Select(input => pointwise.ScoreAsync(input, cancellationToken).AsTask())).ConfigureAwait(false),
            IGroupwiseReward groupwise => await groupwise.ScoreAsync(group, cancellationToken).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"reward term {Definition.Name}: {Reward.GetType()} is neither pointwise nor groupwise"),
        };
        if (scores.Count != group.Count)
        {
            throw new InvalidOperationException($"reward term {Definition.Name}: {scores.Count} scores for {group.Count} traces");
        }

        return [.. scores.Select((score, i) => score.Value is { } value && !double.IsFinite(value)
            ? throw new InvalidOperationException($"reward term {Definition.Name}: {value} for trace {group[i].Id}")
            : new TermScore(Definition.Name, score.Value, Definition.Weight, score.Reason) { Use = score.Use })];
    }
}
