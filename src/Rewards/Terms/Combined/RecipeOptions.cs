using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>Options of the term <c>recipe</c>.</summary>
/// <param name="Recipes">The rewards by recipe (<c>recipes</c>). Default: those that LightRFT ships.</param>
public sealed record RecipeOptions(IReadOnlyDictionary<string, IReadOnlyList<WeightedReward>> Recipes)
{
    // As LightRFT ships them: preference by phrase, boxed maths, questions about sounds.
    private const string Shipped = """
        {
          "general": [
            { "type": "format", "mode": "loose", "weight": 1.0 },
            { "type": "result", "answer": "phrase", "weight": 1.0 }
          ],
          "geo3k_rule": [ { "type": "maths", "weight": 0.9 }, { "type": "format", "mode": "boxed", "weight": 0.1 } ],
          "gsm8k_rule": [ { "type": "maths", "weight": 0.9 }, { "type": "format", "mode": "boxed", "weight": 0.1 } ],
          "audio": [
            { "type": "result", "answer": "text", "weight": 1.0 },
            { "type": "format", "mode": "answer", "weight": 1.0 }
          ]
        }
        """;

    /// <summary>Reads the options of an entry: lists of entries by recipe.</summary>
    public static RecipeOptions Read(OptionReader options, ITermContext context)
    {
        var recipes = new Dictionary<string, IReadOnlyList<WeightedReward>>(StringComparer.Ordinal);
        foreach (var (recipe, entries) in options.Entry("recipes") ?? JObject.Parse(Shipped))
        {
            if (entries is not JArray { Count: > 0 } list || !list.All(entry => entry is JObject))
            {
                options.Refuse(
                    "recipes", $"{recipe} is no list of entries; write for example [ {{ type = format }} ]");
                continue;
            }

            recipes[recipe] = [.. list.Cast<JObject>().Select((entry, i) => WeightedReward.Read(
                options.Inside($"recipes.{recipe}[{i}]", entry), entry, context, minWeight: double.MinValue))];
        }

        return new RecipeOptions(recipes);
    }
}
