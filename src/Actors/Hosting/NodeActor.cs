using Akka.Actor;
using Akka.Event;
using R1Reward.Actors.Workers;
using R1Reward.Data;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// The guardian of a node's workers: creates one actor per worker and, when one fails, stops it and builds a new one
/// after a growing pause. Broken native state does not survive that way, as it would a restart in place.
/// </summary>
public sealed class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<WorkerSpec> _workers;
    private readonly string _address;
    private readonly IActorRef _coordinator;
    private readonly TimeSpan _heartbeat;
    private readonly TaskCompletionSource<string> _userError;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, int> _failures = [];

    /// <summary>Creates the guardian.</summary>
    /// <param name="workers">The workers of this node.</param>
    /// <param name="address">The node's cluster address.</param>
    /// <param name="coordinator">The proxy of the coordinator.</param>
    /// <param name="heartbeat">How often workers repeat what may have been lost.</param>
    /// <param name="userError">Completed with the message when a worker cannot be built until the user mends something.</param>
    public NodeActor(IReadOnlyList<WorkerSpec> workers, string address, IActorRef coordinator, TimeSpan heartbeat, TaskCompletionSource<string> userError)
    {
        (_workers, _address, _coordinator, _heartbeat, _userError) = (workers, address, coordinator, heartbeat, userError);
        Receive<Start>(message => Create(message.Worker));
        Receive<Terminated>(message => Again(message.ActorRef.Path.Name));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        foreach (var worker in _workers)
        {
            Create(worker);
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (error is EngineException { InnerException: UserErrorException mistake })
        {
            _userError.TrySetResult(mistake.Message);
        }

        return Directive.Stop;
    });

    private void Create(WorkerSpec worker)
    {
        var (address, coordinator, heartbeat) = (_address, _coordinator, _heartbeat);
        var name = $"{worker.Name}-{Guid.NewGuid().ToString("N")[..8]}@{address}";
        Context.Watch(Context.ActorOf(
            Props.Create(() => new WorkerActor(name, address, worker.Kind, coordinator, worker.Build, heartbeat)), worker.Name));
    }

    private void Again(string name)
    {
        var worker = _workers.First(worker => worker.Name == name);
        var failures = _failures[name] = _failures.GetValueOrDefault(name) + 1;
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, failures - 1)));
        _log.Error("worker {0} failed ({1} times so far); a new one starts in {2} s", name, failures, pause.TotalSeconds);
        Timers.StartSingleTimer(name, new Start(worker), pause);
    }

    private sealed record Start(WorkerSpec Worker) : INoSerializationVerificationNeeded;
}
