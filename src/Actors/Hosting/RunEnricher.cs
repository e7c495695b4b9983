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

    /// <summary>Notes that this process works on an item; ids begin with <c>step-N/</c> where they belong to an update.</summary>
    public static void Note(string item)
    {
        const string prefix = "step-";
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && item.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(item.AsSpan(prefix.Length, slash - prefix.Length), out var step))
        {
            Volatile.Write(ref _step, step);
        }
    }

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var source = logEvent.Properties.TryGetValue("Source", out var value) && value is ScalarValue { Value: string path } ? path : "";
        var worker = source.Contains("/user/node/", StringComparison.Ordinal) ? source[(source.LastIndexOf('/') + 1)..].TrimEnd(']') : "";
        var role = worker.Length > 0 ? worker.Split('-')[0] : source.Contains("coordinator", StringComparison.Ordinal) ? "coordinator" : "node";
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Step", Volatile.Read(ref _step)));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Role", role));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Worker", worker));
    }
}
