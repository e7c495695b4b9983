using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Telemetry;
using R1Reward.Actors.Workers;
using R1Reward.Data;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// The guardian of a node's workers: creates one actor per worker and, when one fails, stops it and builds a new one
/// after a growing pause. Broken native state does not survive that way, as it would a restart in place. A worker that
/// is welcomed to a run says so: a run that names more devices gets a worker for each. When a node is removed from the
/// cluster, what is fetched from it is given up.
/// </summary>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, WorkerSpec> _workers;
    private readonly BulkHub _bulk;
    private readonly IActorRef _coordinator;
    private readonly TimeSpan _heartbeat;
    private readonly TaskCompletionSource<string> _userError;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, int> _failures = [];
    private bool _isLeaving;

    /// <summary>Creates the guardian of a node's workers, which it starts with the actor.</summary>
    /// <param name="workers">The workers of this node.</param>
    /// <param name="bulk">The node's hub.</param>
    /// <param name="coordinator">The proxy of the coordinator.</param>
    /// <param name="heartbeat">How often workers repeat what may have been lost.</param>
    /// <param name="userError">Completed with the message when a worker cannot be built until the user corrects
    /// something.</param>
    public NodeActor(
        IReadOnlyList<WorkerSpec> workers,
        BulkHub bulk,
        IActorRef coordinator,
        TimeSpan heartbeat,
        TaskCompletionSource<string> userError)
    {
        _workers = workers.ToDictionary(worker => worker.Name);
        _bulk = bulk;
        _coordinator = coordinator;
        _heartbeat = heartbeat;
        _userError = userError;
        Receive<Start>(message => Create(message.Worker), message => _workers.ContainsValue(message.Worker));
        Receive<Start>(_ => { });
        Receive<ToWorker.Welcome>(run => FindBeside(Sender.Path.Name, run));
        Receive<Beside>(PutBeside, _ => !_isLeaving);
        Receive<Beside>(_ => { });
        Receive<ClusterEvent.MemberRemoved>(message => _bulk.NodeRemoved($"{message.Member.Address}"));
        Receive<ClusterEvent.MemberUp>(message =>
        {
            _bulk.NodeJoined($"{message.Member.Address}");
            LookAt(message.Member);
        });
        Receive<Terminated>(_ => StopWhenAlone(), _ => _isLeaving);
        Receive<Terminated>(message => Restart(message.ActorRef.Path.Name));
        Receive<Leave>(_ => BeginToLeave());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Cluster.Get(Context.System)
            .Subscribe(
                Self,
                ClusterEvent.InitialStateAsEvents,
                typeof(ClusterEvent.MemberRemoved),
                typeof(ClusterEvent.MemberUp));
        foreach (var worker in _workers.Values)
        {
            Create(worker);
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (error is EngineException { InnerException: UserErrorException mistake })
        {
            _userError.TrySetResult(mistake.Message);
        }

        return Directive.Stop;
    });

    // It finds out by itself and leaves again: whoever looks at this node's log is to know why.
    private void LookAt(Member newcomer)
    {
        if (Membership.Fault(newcomer, Cluster.Get(Context.System).SelfMember) is { } fault)
        {
            _log.Warning("{0} cannot work in this cluster: {1}", newcomer.Address, fault);
        }
    }

    private void Create(WorkerSpec worker)
    {
        // The expression of Props may not refer to this actor.
        var address = _bulk.Node;
        var coordinator = _coordinator;
        var heartbeat = _heartbeat;
        var name = $"{worker.Name}-{Guid.NewGuid().ToString("N")[..8]}@{address}";
        var props = Props.Create(
            () => new WorkerActor(name, address, worker.Kind, coordinator, worker.Build, heartbeat));
        Context.Watch(Context.ActorOf(props, worker.Name));
    }

    private void FindBeside(string name, ToWorker.Welcome run)
    {
        if (_workers.GetValueOrDefault(name) is { Beside: { } find } first)
        {
            // The worker itself meets with the same mistake and says it.
            Task.Run(() => new Beside(first, find(run))).PipeTo(Self, failure: _ => new Beside(first, []));
        }
    }

    // Those of another run may be too many.
    private void PutBeside(Beside message)
    {
        var wanted = message.Workers.ToDictionary(worker => worker.Name);
        bool IsSpare(WorkerSpec worker) =>
            worker.Kind == message.First.Kind && worker != message.First && !wanted.ContainsKey(worker.Name);
        foreach (var spare in _workers.Values.Where(IsSpare).ToList())
        {
            _workers.Remove(spare.Name);
            Context.Stop(Context.Child(spare.Name));
        }

        // One that is still stopping comes back when it has stopped.
        foreach (var worker in wanted.Values
            .Where(worker => _workers.TryAdd(worker.Name, worker) && Context.Child(worker.Name).IsNobody()))
        {
            Create(worker);
        }
    }

    private void BeginToLeave()
    {
        _isLeaving = true;
        Timers.CancelAll();
        foreach (var worker in Context.GetChildren())
        {
            worker.Tell(WorkerActor.Leave.Instance);
        }

        StopWhenAlone();
    }

    private void StopWhenAlone()
    {
        if (!Context.GetChildren().Any())
        {
            Context.Stop(Self);
        }
    }

    private void Restart(string name)
    {
        if (_workers.GetValueOrDefault(name) is not { } worker)
        {
            return;
        }

        var failures = _failures.GetValueOrDefault(name) + 1;
        _failures[name] = failures;
        Meters.WorkerFailures.Add(1);
        var pause = TimeSpan.FromSeconds(Math.Min(MaxPause.TotalSeconds, Math.Pow(2, failures - 1)));
        _log.Error(
            "worker {Worker} failed ({Failures} times so far); a new one starts in {Pause} "
            + "s", name, failures, pause.TotalSeconds);
        Timers.StartSingleTimer(name, new Start(worker), pause);
    }

    /// <summary>Has all workers leave, each as soon as nothing is lost with it; the guardian stops last.</summary>
    internal sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static Leave Instance { get; } = new();
    }

    // Workers that a run wants beside the first of their kind.
    private sealed record Beside(WorkerSpec First, IReadOnlyList<WorkerSpec> Workers)
        : INoSerializationVerificationNeeded;

    private sealed record Start(WorkerSpec Worker) : INoSerializationVerificationNeeded;
}
