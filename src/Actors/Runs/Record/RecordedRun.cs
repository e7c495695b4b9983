using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Record;

/// <summary>What a run folder tells about its run.</summary>
public sealed class RecordedRun
{
    private readonly RunFolder _folder;

    /// <summary>Reads the summary of a run folder; the rest is read when it is asked for.</summary>
    /// <param name="folder">The folder; parts that a run does not have are empty.</param>
    public RecordedRun(RunFolder folder)
    {
        _folder = folder;
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Root)));
        Summary = RunSummary.Read(folder.Summary) ?? new RunSummary();
    }

    /// <summary>Name of the folder.</summary>
    public string Name { get; init; }

    /// <summary>The figures of the whole run.</summary>
    public RunSummary Summary { get; }

    /// <summary>The lines of metrics.jsonl.</summary>
    internal IReadOnlyList<JObject> Metrics => field ??= [.. JsonLines.Read(_folder.Metrics)];

    /// <summary>The lines of traces.jsonl, read anew each time.</summary>
    internal IEnumerable<JObject> Traces => JsonLines.Read(_folder.Traces);

    /// <summary>A figure of a phase by step.</summary>
    internal IReadOnlyList<(double Step, double Value)> Points(string phase, string figure) =>
    [
        .. Metrics
            .Where(line => (string?)line["phase"] == phase && line[figure] is not null)
            .Select(line => ((double)line["step"]!, (double)line[figure]!)),
    ];

    /// <summary>
    /// Held-out accuracy by number of updates, from the cold start to the end; where the run has evaluations between.
    /// </summary>
    internal IReadOnlyList<(double Step, double Value)> HeldOut =>
    [
        .. Summary.Evaluations
            .Select(entry => (Step: StepOf(entry.Key), entry.Value.Accuracy))
            .Where(point => point is { Step: not null, Accuracy: not null })
            .Select(point => ((double)point.Step!, point.Accuracy!.Value))
            .OrderBy(point => point.Item1),
    ];

    /// <summary>
    /// By update, how much larger the mean reward of right replies is than that of wrong ones; updates without both are
    /// left out.
    /// </summary>
    internal IReadOnlyList<(double Step, double Value)> RewardGap() =>
    [
        .. Traces
            .Where(line => ((string?)line["sampling"])?.StartsWith("step-", StringComparison.Ordinal) == true)
            .Where(line => (double?)line["reward"] is not null && (double?)line["result"] is not null)
            .Select(line => (
                Step: (double)line["step"]!, IsRight: (double)line["result"]! >= 1, Reward: (double)line["reward"]!))
            .GroupBy(trace => trace.Step)
            .Where(step => step.Any(trace => trace.IsRight) && step.Any(trace => !trace.IsRight))
            .OrderBy(step => step.Key)
            .Select(step => (
                step.Key,
                step.Where(trace => trace.IsRight).Average(trace => trace.Reward)
                    - step.Where(trace => !trace.IsRight).Average(trace => trace.Reward))),
    ];

    private int? StepOf(string evaluation) => evaluation switch
    {
        "sft" => 0,
        "rl" => Summary.Updates?.Made,
        _ when evaluation.StartsWith("step-", StringComparison.Ordinal)
            && int.TryParse(evaluation.AsSpan("step-".Length), out var step) => step,
        _ => null,
    };
}
