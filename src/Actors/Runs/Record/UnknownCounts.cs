using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Runs.Record;

/// <summary>What is not known of the traces of training.</summary>
/// <param name="Traces">All of them.</param>
/// <param name="Asked">Those on which the judge was asked.</param>
/// <param name="Undecided">Those on which it did not decide.</param>
/// <param name="Unrewarded">Those without a reward, which were not learned from.</param>
/// <param name="Example">Why one of the last two is not known; null where all is.</param>
public sealed record UnknownCounts(
    [property: JsonProperty("traces")] int Traces,
    [property: JsonProperty("asked")] int Asked,
    [property: JsonProperty("undecided")] int Undecided,
    [property: JsonProperty("unrewarded")] int Unrewarded,
    [property: JsonProperty("example")] string? Example)
{
    private static readonly string NotAsked = ConsistencyVerdict.NotAsked.ToString();
    private static readonly string NotDecided = ConsistencyVerdict.Undecided.ToString();

    /// <summary>Sentences for tables and reports; empty where all is known.</summary>
    [JsonIgnore]
    public IEnumerable<string> Warnings
    {
        get
        {
            if (2 * Undecided > Asked)
            {
                yield return $"the judge decided nothing on {Undecided} of {Asked} traces of training, for example: "
                    + Example;
            }

            if (Unrewarded > 0)
            {
                yield return $"{Unrewarded} of {Traces} traces of training have no reward and were not learned from, "
                    + $"for example: {Example}";
            }
        }
    }

    /// <summary>Counts the lines of traces.jsonl; null where no update was made.</summary>
    public static UnknownCounts? From(IEnumerable<JObject> traces)
    {
        var counts = new UnknownCounts(0, 0, 0, 0, null);
        foreach (var line in traces.Where(line => (int?)line["step"] > 0 && IsOfTraining(line)))
        {
            var isUndecided = (string?)line["consistency"] == NotDecided;
            var isUnrewarded = line["reward"]?.Type == JTokenType.Null;
            counts = new UnknownCounts(
                counts.Traces + 1,
                counts.Asked + ((string?)line["consistency"] == NotAsked ? 0 : 1),
                counts.Undecided + (isUndecided ? 1 : 0),
                counts.Unrewarded + (isUnrewarded ? 1 : 0),
                counts.Example ?? (isUndecided || isUnrewarded ? (string?)line["reasons"]?.LastOrDefault() : null));
        }

        return counts.Traces == 0 ? null : counts;
    }

    private static bool IsOfTraining(JObject line) => ((string?)line["sampling"])?.StartsWith("step-") == true;
}
