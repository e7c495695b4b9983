using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>One reward inside another.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="Weight">Its factor.</param>
public sealed record WeightedReward(IPointwiseReward Reward, double Weight)
{
    /// <summary>
    /// Reads an entry of a term of one trace with its <c>weight</c>, which is 1 where none is written.
    /// </summary>
    internal static WeightedReward Read(OptionReader reader, JObject entry, ITermContext context, double minWeight) =>
        new(context.Pointwise(reader, entry), reader.Number("weight", 1.0, minWeight));
}
