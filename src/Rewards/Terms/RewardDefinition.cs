using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms;

/// <summary>One term as configured.</summary>
/// <param name="Name">Unique name in metrics: <c>reward/NAME</c>.</param>
/// <param name="Type">One of <see cref="RewardTypes.Names"/>.</param>
/// <param name="Weight">Factor in the total.</param>
/// <param name="Async">Whether it is computed as soon as the traces of its prompt are there; else when the whole batch is.</param>
/// <param name="Options">What else its entry says; scalars may be text.</param>
public sealed record RewardDefinition(string Name, string Type, double Weight, bool Async, JObject Options)
{
    /// <summary>The type of this term and of those inside it.</summary>
    public IEnumerable<string> Types => Options.Descendants().OfType<JProperty>()
        .Where(property => property.Name == "type").Select(property => property.Value.ToString()).Prepend(Type);

    /// <summary>The terms of a run that names none: the R1 composition alone.</summary>
    public static RewardDefinition R1(string form, bool consistency) => new(
        "r1", "r1", 1.0, true, new JObject { ["form"] = form, ["consistency-weight"] = consistency ? 0.5 : 0.0 });
}
