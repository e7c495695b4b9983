using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Runs.Record;

/// <summary>A line of traces.jsonl: what was asked, what the model wrote, and what it was worth.</summary>
internal static class TraceLine
{
    /// <summary>The line of one trace; what was not decided is null.</summary>
    /// <param name="batch">The update or evaluation that the trace belongs to.</param>
    /// <param name="step">The step after which the line is forgotten when a run goes back.</param>
    /// <param name="sample">The trace with its judgment and its reward.</param>
    public static JObject Write(BatchId batch, int step, JudgedTrace sample) => new()
    {
        ["sampling"] = batch.ToString(),
        ["step"] = step,
        ["id"] = sample.Trace.Id,
        ["pair"] = sample.Pair.Id.Value,
        ["media"] = new JArray(sample.Trace.Media.Select(item => item.Path)),
        ["question"] = sample.Pair.Question,
        ["response1"] = sample.Pair.Response1,
        ["response2"] = sample.Pair.Response2,
        ["label"] = sample.Pair.Label?.ToString(),
        ["text"] = sample.Trace.Text,
        ["choice"] = (int?)sample.Judgment.Choice,
        ["status"] = sample.Judgment.Status.ToString(),
        ["tokens"] = sample.Trace.Tokens.Length,
        ["finish"] = sample.Trace.Finish.ToString(),
        ["version"] = sample.Trace.Version.Number,
        ["format"] = sample.Reward!.Format,
        ["result"] = sample.Reward.Result,
        ["consistency"] = sample.Verdict.ToString(),
        ["reward"] = sample.Reward.Total,
        ["terms"] = new JObject(sample.Reward.Terms.Select(term => new JProperty(term.Name, term.Value))),
        ["reasons"] = new JArray(sample.Reward.Reasons),
    };
}
