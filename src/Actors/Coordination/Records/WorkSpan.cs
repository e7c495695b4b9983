using Newtonsoft.Json.Linq;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// When a worker had an item whose result counted, by the coordinator's clock: from its hand-out, so that what waits
/// within a worker counts too, to its result. A line of <c>timeline.jsonl</c>.
/// </summary>
/// <param name="Work">The item.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Begun">When it was handed out.</param>
/// <param name="Ended">When its result was counted.</param>
internal sealed record WorkSpan(WorkId Work, string Worker, DateTimeOffset Begun, DateTimeOffset Ended)
{
    /// <summary>Reads the span back from its line of <c>timeline.jsonl</c>; a field that is missing throws.</summary>
    public static WorkSpan Read(JObject line)
    {
        var begun = (DateTimeOffset)line["begun"]!;
        return new WorkSpan(
            WorkId.Parse((string)line["work"]!),
            (string)line["worker"]!,
            begun,
            begun.AddSeconds((double)line["seconds"]!));
    }

    /// <summary>The span as a line of the file.</summary>
    public JObject ToJson() => new()
    {
        ["work"] = Work.ToString(),
        ["worker"] = Worker,
        ["begun"] = Begun,
        ["seconds"] = Math.Round((Ended - Begun).TotalSeconds, 6),
    };
}
