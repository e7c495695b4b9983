using Serilog.Core;
using Serilog.Events;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Puts step, role and worker on every log event: the step this process works on, and what the path of the actor that
/// logs says of the other two.
/// </summary>
public sealed class RunEnricher : ILogEventEnricher
{
    private static int _step;

    /// <summary>The step this process works on.</summary>
    public static int Step
    {
        get => Volatile.Read(ref _step);
        set => Volatile.Write(ref _step, value);
    }

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var source = logEvent.Properties.TryGetValue("Source", out var value) && value is ScalarValue { Value: string path } ? path : "";
        var worker = source.Contains("/user/node/", StringComparison.Ordinal) ? source[(source.LastIndexOf('/') + 1)..].TrimEnd(']') : "";
        var role = worker.Length > 0 ? worker.Split('-')[0] : source.Contains("coordinator", StringComparison.Ordinal) ? "coordinator" : "node";
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Step", Step));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Role", role));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Worker", worker));
    }
}
