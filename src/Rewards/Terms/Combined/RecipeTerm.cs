using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// The weighted sum of the rewards that the pair's <c>recipe</c> names: data of several kinds in one run. A pair without
/// such a recipe has no value, which counts 0 in the total as in LightRFT; a recipe with a part without value has none either.
/// </summary>
/// <param name="recipes">The rewards by recipe.</param>
public sealed class RecipeTerm(IReadOnlyDictionary<string, IReadOnlyList<RecipePart>> recipes) : IPointwiseReward
{
    // As LightRFT ships them: preference by phrase, boxed maths, questions about sounds.
    private const string Shipped = """
        {
          "general": [ { "type": "format", "mode": "loose", "weight": 1.0 }, { "type": "result", "answer": "phrase", "weight": 1.0 } ],
          "geo3k_rule": [ { "type": "maths", "weight": 0.9 }, { "type": "format", "mode": "boxed", "weight": 0.1 } ],
          "gsm8k_rule": [ { "type": "maths", "weight": 0.9 }, { "type": "format", "mode": "boxed", "weight": 0.1 } ],
          "audio": [ { "type": "result", "answer": "text", "weight": 1.0 }, { "type": "format", "mode": "answer", "weight": 1.0 } ]
        }
        """;

    /// <summary>A pair says by its recipe what else it needs; the fields of the parts are read where they are there.</summary>
    public RewardField Required => RewardField.Recipe;

    /// <summary>The term of an entry: <c>recipes</c>, lists of entries by recipe; without it the shipped ones.</summary>
    public static RecipeTerm Create(OptionReader options, RewardFactory factory)
    {
        var written = options.Entry("recipes") ?? JObject.Parse(Shipped);
        var recipes = new Dictionary<string, IReadOnlyList<RecipePart>>(StringComparer.Ordinal);
        foreach (var (recipe, entries) in written)
        {
            var place = $"{options.Place}.recipes.{recipe}";
            if (entries is not JArray list || list.Count == 0 || !list.All(entry => entry is JObject))
            {
                options.Refuse("recipes", $"{recipe} is no list of entries; write for example [ {{ type = format }} ]");
                continue;
            }

            recipes[recipe] = [.. list.Cast<JObject>().Select((entry, i) => new RecipePart(factory.NestedPointwise(entry, $"{place}[{i}]"), new OptionReader($"{place}[{i}]", entry, factory.Errors).Number("weight", 1.0, double.MinValue)))];
        }

        return new RecipeTerm(recipes);
    }

    /// <inheritdoc/>
    public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        if (input.Pair.Recipe is not { } name || !recipes.TryGetValue(name, out var parts))
        {
            return RewardScore.Unknown($"no recipe is called {input.Pair.Recipe}; known are {string.Join(", ", recipes.Keys)}");
        }

        var (total, use) = (0.0, default(JudgeUse));
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
