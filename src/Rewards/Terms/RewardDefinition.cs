using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Terms;

/// <summary>One term as configured.</summary>
/// <param name="Name">Unique name in metrics: <c>reward/NAME</c>.</param>
/// <param name="Type">One of the registered types, for example <c>format</c>.</param>
/// <param name="Weight">Factor in the total.</param>
/// <param name="WaitsForBatch">
/// Whether it is computed when all traces of the batch are sampled (<c>async = off</c>); else as soon as the traces of
/// its prompt are.
/// </param>
/// <param name="Options">What else its entry says; scalars may be text.</param>
public sealed record RewardDefinition(string Name, string Type, double Weight, bool WaitsForBatch, JObject Options)
{
    // What every entry may say beside the options of its type.
    private static readonly string[] EntryKeys = ["type", "name", "weight", "async"];

    /// <summary>Reads an entry: <c>type</c>, <c>name</c> (default the type), <c>weight</c> and <c>async</c>.</summary>
    public static RewardDefinition Read(OptionReader reader, JObject entry)
    {
        var type = (string?)entry["type"] ?? "";
        var name = (string?)entry["name"];
        return new RewardDefinition(
            string.IsNullOrEmpty(name) ? type : name,
            type,
            reader.Number("weight", 1.0),
            !reader.Flag("async", true),
            OptionsOf(entry));
    }

    /// <summary>What an entry says beyond what every entry may say: the options of its type.</summary>
    public static JObject OptionsOf(JObject entry) =>
        new(entry.Properties().Where(property => !EntryKeys.Contains(property.Name)));

    /// <summary>Whether this term, or one inside it, is of a type.</summary>
    public bool Holds(string type) => Options.Descendants().OfType<JProperty>()
        .Where(property => property.Name == "type")
        .Select(property => property.Value.ToString())
        .Prepend(Type)
        .Contains(type);
}
