using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Options;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// A time line in the trace event format that chrome://tracing and Perfetto show: a process per worker, whose items
/// stand in as many rows as it had at once.
/// </summary>
internal static class ChromeTrace
{
    /// <summary>The trace; times count from the first hand-out.</summary>
    public static JObject Write(IReadOnlyList<WorkSpan> spans)
    {
        var start = spans.Min(span => span.Begun);
        var events = new JArray();
        var process = 0;
        foreach (var worker in spans.GroupBy(span => span.Worker).OrderBy(group => group.Min(span => span.Begun)))
        {
            process++;
            events.Add(new JObject
            {
                ["name"] = "process_name",
                ["ph"] = "M",
                ["pid"] = process,
                ["args"] = new JObject { ["name"] = worker.Key },
            });
            foreach (var (span, row) in InRows(worker))
            {
                events.Add(new JObject
                {
                    ["name"] = span.Work.ToString(),
                    ["cat"] = EnumNames.Dashed(span.Work.Stage),
                    ["ph"] = "X",
                    ["ts"] = Math.Round((span.Begun - start).TotalMicroseconds),
                    ["dur"] = Math.Round((span.Ended - span.Begun).TotalMicroseconds),
                    ["pid"] = process,
                    ["tid"] = row,
                });
            }
        }

        return new JObject { ["displayTimeUnit"] = "ms", ["traceEvents"] = events };
    }

    // Each in the first row that is free again.
    private static IEnumerable<(WorkSpan Span, int Row)> InRows(IEnumerable<WorkSpan> spans)
    {
        var taken = new List<DateTimeOffset>();
        foreach (var span in spans.OrderBy(span => span.Begun))
        {
            var row = taken.FindIndex(until => until <= span.Begun);
            if (row < 0)
            {
                row = taken.Count;
                taken.Add(default);
            }

            taken[row] = span.Ended;
            yield return (span, row + 1);
        }
    }
}
