using Akka.Actor;
using R1Reward.Actors.Protocol;
using Serilog.Core;
using Serilog.Events;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Puts step, role and worker on every log event: the step that this process works on, and what the path of the actor
/// that logs says of the other two.
/// </summary>
public sealed class RunEnricher : ILogEventEnricher
{
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
        logEvent.Properties.TryGetValue("Source", out var value) && value is ScalarValue { Value: string path }
            ? path
            : "";

    private static string RoleOf(string source, string worker)
    {
        if (worker.Length > 0)
        {
            return worker.Split('-')[0];
        }

        return source.Contains("coordinator", StringComparison.Ordinal) ? "coordinator" : "node";
    }

    private void Note(WorkId id)
    {
        // The cold start and evaluations belong to no step: the log keeps the step before them.
        if (id.Batch.Step > 0)
        {
            _step = id.Batch.Step;
        }
    }

    private sealed class Follower : ReceiveActor
    {
        public Follower(RunEnricher enricher) => Receive<CurrentWork>(work => enricher.Note(work.Id));
    }
}
