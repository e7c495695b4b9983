using System.Globalization;
using Akka.Actor;
using Serilog.Core;
using Serilog.Events;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Puts step, role and worker on every log event: the step that this process works on, and what the path of the actor
/// that logs says of the other two.
/// </summary>
public sealed class RunEnricher : ILogEventEnricher
{
    private const string StepPrefix = "step-";

    private volatile int _step;

    /// <summary>Takes the step from the <see cref="CurrentWork"/> that an actor system publishes from now on.</summary>
    public void Follow(ActorSystem system)
    {
        var follower = system.ActorOf(Props.Create(() => new Follower(this)), "log-step");
        system.EventStream.Subscribe(follower, typeof(CurrentWork));
    }

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var source = SourceOf(logEvent);
        var worker = source.Contains("/user/node/", StringComparison.Ordinal)
            ? source[(source.LastIndexOf('/') + 1)..].TrimEnd(']')
            : "";
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Step", _step));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Role", RoleOf(source, worker)));
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Worker", worker));
    }

    private static string SourceOf(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue("Source", out var value) && value is ScalarValue { Value: string path } ? path : "";

    private static string RoleOf(string source, string worker)
    {
        if (worker.Length > 0)
        {
            return worker.Split('-')[0];
        }

        return source.Contains("coordinator", StringComparison.Ordinal) ? "coordinator" : "node";
    }

    private void Note(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0
            && id.StartsWith(StepPrefix, StringComparison.Ordinal)
            && int.TryParse(id.AsSpan(StepPrefix.Length, slash - StepPrefix.Length), CultureInfo.InvariantCulture, out var step))
        {
            _step = step;
        }
    }

    private sealed class Follower : ReceiveActor
    {
        public Follower(RunEnricher enricher) => Receive<CurrentWork>(work => enricher.Note(work.Id));
    }
}
