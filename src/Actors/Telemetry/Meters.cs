using System.Diagnostics.Metrics;

namespace R1Reward.Actors.Telemetry;

/// <summary>
/// What this process counts as it happens. Whatever listens to meters of .NET may read it; a node serves it as text
/// (<see cref="PrometheusText"/>).
/// </summary>
internal static class Meters
{
    /// <summary>Name of this program's meters.</summary>
    public const string Name = "R1Reward";

    private static readonly Meter Meter = new(Name);

    /// <summary>Results that counted, by what was done, at the coordinator.</summary>
    public static Counter<long> Results { get; } =
        Meter.CreateCounter<long>("r1reward.results", "{result}", "Results that counted, at the coordinator.");

    /// <summary>Traces that were sampled, at the coordinator.</summary>
    public static Counter<long> Traces { get; } =
        Meter.CreateCounter<long>("r1reward.traces", "{trace}", "Sampled traces that counted, at the coordinator.");

    /// <summary>Tokens of these traces, prompts not counted.</summary>
    public static Counter<long> Tokens { get; } =
        Meter.CreateCounter<long>("r1reward.tokens", "{token}", "Sampled tokens of these traces.");

    /// <summary>Questions that this node has put to the judge.</summary>
    public static Counter<long> JudgeAsks { get; } = Meter.CreateCounter<long>(
        "r1reward.judge.asks", "{question}", "Questions put to the judge, repeated ones counted.");

    /// <summary>Those that the judge has not answered.</summary>
    public static Counter<long> JudgeFailures { get; } = Meter.CreateCounter<long>(
        "r1reward.judge.failures", "{question}", "Questions that the judge did not answer or refused.");

    /// <summary>Traces about which the judge has decided nothing.</summary>
    public static Counter<long> JudgeUndecided { get; } = Meter.CreateCounter<long>(
        "r1reward.judge.undecided", "{trace}", "Traces about which the judge decided nothing.");

    /// <summary>Workers of this node that failed and were built anew.</summary>
    public static Counter<long> WorkerFailures { get; } = Meter.CreateCounter<long>(
        "r1reward.worker.failures", "{failure}", "Workers of this node that failed and were built anew.");

    /// <summary>Shows listeners those without labels at 0, so that they are there before anything has happened.
    /// </summary>
    public static void Show()
    {
        foreach (var counter in (Counter<long>[])
            [Traces, Tokens, JudgeAsks, JudgeFailures, JudgeUndecided, WorkerFailures])
        {
            counter.Add(0);
        }
    }
}
