using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// The weighted sum of the rewards that the pair's <c>recipe</c> names: data of several kinds in one run. A pair
/// without such a recipe has no value (in LightRFT it counts 0), nor has a recipe with a part without value.
/// </summary>
/// <param name="options">The rewards by recipe.</param>
public sealed class RecipeTerm(RecipeOptions options) : IPointwiseReward
{
    // What a pair does not bring: the run has to, whichever recipe a pair names.
    private const RewardField OfTheRun = RewardField.Verdict | RewardField.Tokens;

    /// <summary>
    /// The recipe, and what the run brings for any part. What a part reads of the pair is looked for pair by pair,
    /// since pairs of other recipes need not have it.
    /// </summary>
    public RewardField Required => options.Recipes.Values
        .SelectMany(parts => parts)
        .Aggregate(RewardField.Recipe, (fields, part) => fields | (part.Reward.Required & OfTheRun));

    /// <inheritdoc/>
    public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        if (input.Pair.Recipe is not { } name || !options.Recipes.TryGetValue(name, out var parts))
        {
            return RewardScore.Unknown(
                $"no recipe is called {input.Pair.Recipe}; known are {string.Join(", ", options.Recipes.Keys)}");
        }

        var total = 0.0;
        var use = default(JudgeUse);
        foreach (var part in parts)
        {
            if (RewardSuite.Missing(part.Reward.Required, input.Pair) is { } field)
            {
                return RewardScore.Unknown($"the recipe {name} reads \"{field}\", which the pair does not have");
            }

            var score = await part.Reward.ScoreAsync(input, cancellationToken).ConfigureAwait(false);
            use = JudgeUse.Sum([use, score.Use]);
            if (score.Value is not { } value)
            {
                return score with { Use = use };
            }

            total += part.Weight * value;
        }

        return new RewardScore(total) { Use = use };
    }
}
