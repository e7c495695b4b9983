using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;

namespace R1Reward.Actors.Runs.Record;

/// <summary>How many reinforcement updates a run made, and how many of them learned nothing.</summary>
/// <param name="Made">Updates, those without effect included.</param>
/// <param name="Skipped">Updates that the policy learned nothing from.</param>
public sealed record UpdateCounts(
    [property: JsonProperty("made")] int Made, [property: JsonProperty("skipped")] int Skipped)
{
    /// <summary>Counts the lines of metrics.jsonl; null where no update was made.</summary>
    public static UpdateCounts? From(IEnumerable<JObject> metrics)
    {
        var updates = metrics.Where(line => (string?)line["phase"] == "rl").ToList();
        var skipped = updates.Count(line => line[SkippedUpdate.Figure] is not null);
        return updates.Count == 0 ? null : new UpdateCounts(updates.Count, skipped);
    }

    /// <summary>A sentence for tables and reports; null where every update learned something.</summary>
    [JsonIgnore]
    public string? Warning => Skipped == 0 ? null : $"{Skipped} of {Made} updates learned nothing";
}
