using Akka.Actor;
using Akka.Event;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>
/// Pulls work of one kind, has an engine do it and hands the results in. The same actor serves all roles: what differs
/// is the engine.
/// </summary>
/// <remarks>
/// The worker consumes Work and produces Done. It waits for Welcome, then for Work. The coordinator unblocks it, or its
/// own heartbeat does, which repeats whatever may have been lost: Hello, Pull, Renew and unanswered Done.
/// Items held under a lower epoch are given up: the new coordinator gives them out again, and the same item gives the
/// same tokens. The engine stays, unless the new coordinator leads another run.
/// A worker that is to leave asks for nothing more. What others do again at no loss it leaves at once; a cold start or
/// scalar training saves itself first; a learner finishes its update and goes when the coordinator lets it.
/// </remarks>
internal sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private readonly string _name;
    private readonly string _address;
    private readonly WorkKind _kind;
    private readonly IActorRef _coordinator;
    private readonly EngineSlot _slot;
    private readonly TimeSpan _heartbeat;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WorkInHand _work = new();
    private readonly SignsOfLife _life = new(TimeProvider.System);
    private CancellationTokenSource _cancel = new();
    private Departure? _departure;
    private bool _isSilent;
    private ToWorker.Welcome? _run;

    /// <summary>Creates the worker; it introduces itself at once.</summary>
    /// <param name="name">Unique name: role, node address and a random part.</param>
    /// <param name="address">The node's cluster address.</param>
    /// <param name="kind">The work it does.</param>
    /// <param name="coordinator">The proxy of the coordinator.</param>
    /// <param name="build">Builds the engine for a run.</param>
    /// <param name="heartbeat">How often it repeats what may have been lost.</param>
    public WorkerActor(
        string name, string address, WorkKind kind, IActorRef coordinator, EngineFactory build, TimeSpan heartbeat)
    {
        _name = name;
        _address = address;
        _kind = kind;
        _coordinator = coordinator;
        _slot = new EngineSlot(build, _log);
        _heartbeat = heartbeat;

        Receive<Heartbeat>(_ => Repeat());
        Receive<ToWorker.WhoAreYou>(_ => SayHello());
        Receive<ToWorker.Welcome>(Join);
        Receive<ToWorker.Work>(Begin);
        Receive<ToWorker.Accepted>(message => _work.Accept(message.Key));
        Receive<ToWorker.Farewell>(_ => Context.Stop(Self));
        Receive<Leave>(_ => BeginToLeave());
        Receive<ToWorker.Cancel>(Cancel);
        Receive<EngineReady>(Use);
        Receive<EngineFailed>(message => throw new EngineException(message.Error));
        Receive<ItemDone>(Finish);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() =>
        Timers.StartPeriodicTimer("heartbeat", Heartbeat.Instance, TimeSpan.Zero, _heartbeat);

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is IWireMessage)
        {
            _departure?.Hear();
        }

        return base.AroundReceive(receive, message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cancel.Cancel();
        _coordinator.Tell(new FromWorker.Goodbye(_name));
        _slot.Empty();
    }

    private void SayHello() =>
        _coordinator.Tell(new FromWorker.Hello(_name, _address, _kind, _slot.Engine?.Capacity ?? 0));

    private void Repeat()
    {
        if (_run is null)
        {
            SayHello();
            return;
        }

        if (_departure is not null)
        {
            Depart(_departure);
        }

        foreach (var (key, result) in _work.Results)
        {
            _coordinator.Tell(new FromWorker.Done(_name, key, result));
        }

        if (IsAtWork(_run.Stall))
        {
            _coordinator.Tell(new FromWorker.Renew(_run.Epoch, _name, [.. _work.Held]));
        }

        Pull();
    }

    // What an engine that stands still holds is left to others, when their lease ends.
    private bool IsAtWork(TimeSpan stall)
    {
        var isIdle = _work.Held.Count == 0;
        var isSilent = _life.Silence(_slot.Engine?.Progress ?? 0, isIdle) >= stall;
        if (isSilent && !_isSilent)
        {
            _log.Warning(
                "{0} has not got on for {1} s: what it holds is left to other workers (r1reward.work.stall)",
                string.Join(", ", _work.Held.Select(key => key.Id)),
                stall.TotalSeconds);
        }

        _isSilent = isSilent;
        return !isIdle && !isSilent;
    }

    private void Pull()
    {
        if (_slot.Engine is { } engine && _run is not null && _departure is null)
        {
            var free = Math.Max(0, engine.Capacity - _work.Held.Count);
            var pull = new FromWorker.Pull(_run.Epoch, _name, free, engine.WaitsFor, engine.Direct)
            {
                Held = _work.Held.Count,
                ExchangingSeconds = engine.Exchanging.TotalSeconds,
            };
            _coordinator.Tell(pull);
        }
    }

    private void Join(ToWorker.Welcome welcome)
    {
        // Epochs fence coordinators of one run; another run counts its own.
        if (_run is not null && welcome.RunId == _run.RunId && welcome.Epoch <= _run.Epoch)
        {
            return;
        }

        CancelAll();
        _work.Clear();
        var isSameRun = _run?.RunId == welcome.RunId && _run.Settings == welcome.Settings;
        _run = welcome;
        Context.Parent.Tell(welcome);
        Context.System.EventStream.Publish(new RunJoined(welcome.Folder));
        if (isSameRun && _slot.Engine is not null)
        {
            Pull();
        }
        else if (!_slot.IsBuilding)
        {
            BuildEngine(welcome);
        }
    }

    private void BuildEngine(ToWorker.Welcome run) => _slot.BuildAsync(run).PipeTo(
        Self,
        success: engine => new EngineReady(run.RunId, engine),
        failure: error => new EngineFailed(error));

    private void Use(EngineReady message)
    {
        _slot.Fill(message.Engine);
        if (message.RunId == _run!.RunId)
        {
            Pull();
        }
        else
        {
            // Another run began while the engine was built.
            BuildEngine(_run);
        }
    }

    private void Begin(ToWorker.Work message)
    {
        if (_slot.Engine is null || message.Epoch != _run?.Epoch)
        {
            return;
        }

        foreach (var item in message.Items)
        {
            if (_work.TryBegin(item.Key))
            {
                Context.System.EventStream.Publish(new CurrentWork(item.Key.Id));
                Begin(item);
            }
        }
    }

    private void Begin(Assignment item)
    {
        var self = Self;
        _slot.DoAsync(item, Report, _cancel.Token).PipeTo(self, success: result => new ItemDone(item.Key, result));

        void Report(int step, IReadOnlyDictionary<string, double> figures) =>
            _coordinator.Tell(new FromWorker.Progress(item.Key, step, figures), self);
    }

    private void Finish(ItemDone message)
    {
        // The next worker goes on from what this one has saved; the run is not asked to stop.
        var isSaved = message.Result is WorkStopped && _departure is not null;
        var result = isSaved ? null : message.Result;
        if (message.Key.Epoch != _run!.Epoch || _work.Finish(message.Key.Id, result) is not { } key)
        {
            Pull();
            return;
        }

        if (message.Result is WorkFailed { Message: var reason })
        {
            // The run ends with this message; the log only adds which item it was.
            _log.Info("{0}: {1}", key.Id, reason);
        }

        _coordinator.Tell(new FromWorker.Done(_name, key, message.Result!));
        Pull();
    }

    private void BeginToLeave()
    {
        _departure = new Departure(TimeProvider.System);
        if (_run is null || _kind is not (WorkKind.Learn or WorkKind.Sft or WorkKind.Srm))
        {
            Context.Stop(Self);
            return;
        }

        if (_kind != WorkKind.Learn)
        {
            CancelAll();
        }

        Depart(_departure);
    }

    private void Depart(Departure departure)
    {
        if (_work.Held.Count > 0)
        {
            departure.Hear();
        }
        else if (departure.IsInVain || (_kind != WorkKind.Learn && _work.Results.Count == 0))
        {
            Context.Stop(Self);
        }
        else if (_work.Results.Count == 0)
        {
            _coordinator.Tell(new FromWorker.Leaving(_run!.Epoch, _name));
        }
    }

    private void Cancel(ToWorker.Cancel message)
    {
        if (_run?.Epoch == message.Epoch)
        {
            CancelAll();
        }
    }

    private void CancelAll()
    {
        _cancel.Cancel();
        _cancel = new CancellationTokenSource();
    }

    /// <summary>Tells a worker to stop as soon as nothing is lost with it.</summary>
    internal sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static Leave Instance { get; } = new();
    }

    private sealed record Heartbeat : INoSerializationVerificationNeeded
    {
        public static readonly Heartbeat Instance = new();
    }

    private sealed record EngineReady(string RunId, IWorkEngine Engine) : INoSerializationVerificationNeeded;

    private sealed record EngineFailed(Exception Error) : INoSerializationVerificationNeeded;

    // Without a result the item was given up.
    private sealed record ItemDone(WorkKey Key, WorkResult? Result) : INoSerializationVerificationNeeded;
}
