using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Terms;

/// <summary>One term as configured.</summary>
/// <param name="Name">Unique name in metrics: <c>reward/NAME</c>.</param>
/// <param name="Type">One of the registered types, for example <c>format</c>.</param>
/// <param name="Weight">Factor in the total.</param>
/// <param name="Async">Whether it is computed as soon as the traces of its prompt are there; else when the whole batch is.</param>
/// <param name="Options">What else its entry says; scalars may be text.</param>
public sealed record RewardDefinition(string Name, string Type, double Weight, bool Async, JObject Options)
{
    /// <summary>Whether this term, or one inside it, is of a type.</summary>
    public bool Holds(string type) => Options.Descendants().OfType<JProperty>()
        .Where(property => property.Name == "type")
        .Select(property => property.Value.ToString())
        .Prepend(Type)
        .Contains(type);
}
