using Akka.Actor;
using Akka.Event;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Workers;

/// <summary>
/// Pulls work of one kind, has an engine do it and hands the results in. The same actor serves all roles: what differs
/// is the engine.
/// </summary>
/// <remarks>
/// consumes Work; produces Done; waits for Welcome, then for Work; is unblocked by the coordinator, or by its own
/// heartbeat, which repeats whatever may have been lost: Hello, Pull, Renew and unanswered Done.
/// Items held under a lower epoch are given up: the new coordinator gives them out again, and the same item gives the
/// same tokens.
/// </remarks>
public sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private readonly string _name;
    private readonly string _address;
    private readonly WorkKind _kind;
    private readonly IActorRef _coordinator;
    private readonly EngineFactory _build;
    private readonly TimeSpan _heartbeat;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<WorkKey, WorkResult> _outbox = [];

    // What the engine is doing, by item, with its newest hand-out: one that is given out again to the worker that still
    // has it is not begun twice.
    private readonly Dictionary<string, WorkKey> _held = [];
    private CancellationTokenSource _cancel = new();
    private IWorkEngine? _engine;
    private ToWorker.Welcome? _run;
    private bool _building;

    /// <summary>Creates the worker; it introduces itself at once.</summary>
    public WorkerActor(string name, string address, WorkKind kind, IActorRef coordinator, EngineFactory build, TimeSpan heartbeat)
    {
        (_name, _address, _kind, _coordinator, _build, _heartbeat) = (name, address, kind, coordinator, build, heartbeat);

        Receive<Tick>(_ => Repeat());
        Receive<ToWorker.WhoAreYou>(_ => SayHello());
        Receive<ToWorker.Welcome>(Join);
        Receive<ToWorker.Work>(Begin);
        Receive<ToWorker.Accepted>(message => _outbox.Remove(message.Key));
        Receive<ToWorker.Cancel>(message => Cancel(message.Epoch));
        Receive<EngineReady>(Ready);
        Receive<EngineFailed>(message => throw new EngineException(message.Error));
        Receive<ItemDone>(Finish);
        Receive<ItemDropped>(Forget);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("heartbeat", Tick.Instance, TimeSpan.Zero, _heartbeat);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cancel.Cancel();
        _coordinator.Tell(new FromWorker.Goodbye(_name));
        if (_engine is { } engine)
        {
            _ = engine.DisposeAsync().AsTask();
        }
    }

    private void SayHello() => _coordinator.Tell(new FromWorker.Hello(_name, _address, _kind, _engine?.Capacity ?? 0));

    private void Repeat()
    {
        if (_run is null)
        {
            SayHello();
            return;
        }

        foreach (var (key, result) in _outbox)
        {
            _coordinator.Tell(new FromWorker.Done(_name, key, result));
        }

        if (_held.Count > 0)
        {
            _coordinator.Tell(new FromWorker.Renew(_run.Epoch, _name, [.. _held.Values]));
        }

        Pull();
    }

    private void Pull()
    {
        if (_engine is not null && _run is not null)
        {
            _coordinator.Tell(new FromWorker.Pull(_run.Epoch, _name, Math.Max(0, _engine.Capacity - _held.Count)));
        }
    }

    private void Join(ToWorker.Welcome welcome)
    {
        // Epochs fence coordinators of one run; another run counts its own.
        if (_run is not null && welcome.RunId == _run.RunId && welcome.Epoch <= _run.Epoch)
        {
            return;
        }

        GiveUpHeld();
        var sameRun = _run?.RunId == welcome.RunId && _run.Settings == welcome.Settings && _engine is not null;
        _run = welcome;
        if (sameRun)
        {
            Pull();
        }
        else if (!_building)
        {
            Build();
        }
    }

    private void Build()
    {
        _building = true;
        var (old, welcome) = (_engine, _run!);
        _engine = null;
        Task.Run(async () =>
        {
            if (old is not null)
            {
                await old.DisposeAsync();
            }

            return await _build(welcome);
        }).PipeTo(Self, success: engine => new EngineReady(welcome.RunId, engine), failure: error => new EngineFailed(error));
    }

    private void Ready(EngineReady message)
    {
        _building = false;
        _engine = message.Engine;
        if (message.RunId != _run!.RunId)
        {
            Build();
        }
        else
        {
            Pull();
        }
    }

    private void Begin(ToWorker.Work message)
    {
        if (_run is null || _engine is null || message.Epoch != _run.Epoch)
        {
            return;
        }

        var (self, coordinator, engine, cancel) = (Self, _coordinator, _engine, _cancel.Token);
        foreach (var item in message.Items.Where(item => !_outbox.ContainsKey(item.Key)))
        {
            var known = _held.ContainsKey(item.Key.Id);
            _held[item.Key.Id] = item.Key;
            if (known)
            {
                continue;
            }

            void Report(int step, IReadOnlyDictionary<string, double> figures) =>
                coordinator.Tell(new FromWorker.Progress(item.Key, step, figures), self);

            Context.System.EventStream.Publish(new CurrentWork(item.Key.Id));

            // An engine that throws before it returns its task has failed at the item like any other.
            async Task<WorkResult> Do() => await engine.DoAsync(item, Report, cancel);

            Do().PipeTo(
                self,
                success: result => new ItemDone(item.Key, result),
                failure: error => Failed(item.Key, error));
        }
    }

    private void Finish(ItemDone message)
    {
        if (message.Key.Epoch != _run!.Epoch || !_held.Remove(message.Key.Id, out var key))
        {
            return;
        }

        if (message.Result is WorkFailed { Message: var reason })
        {
            // The run ends with this message; the log only adds which item it was.
            _log.Info("{0}: {1}", key.Id, reason);
        }

        _outbox[key] = message.Result;
        _coordinator.Tell(new FromWorker.Done(_name, key, message.Result));
        Pull();
    }

    private void Forget(ItemDropped message)
    {
        if (message.Key.Epoch == _run!.Epoch)
        {
            _held.Remove(message.Key.Id);
        }
    }

    private void Cancel(int epoch)
    {
        if (_run?.Epoch == epoch)
        {
            _cancel.Cancel();
            _cancel = new CancellationTokenSource();
        }
    }

    private void GiveUpHeld()
    {
        _cancel.Cancel();
        _cancel = new CancellationTokenSource();
        _held.Clear();
        _outbox.Clear();
    }

    private static object Failed(WorkKey key, Exception error) => (error is AggregateException many ? many.InnerException! : error) switch
    {
        OperationCanceledException => new ItemDropped(key),
        UserErrorException mistake => new ItemDone(key, new WorkFailed(mistake.Message, UserError: true)),
        var other => new ItemDone(key, new WorkFailed($"{key.Id}: {other.Message.Split('\n')[0]}", UserError: false)),
    };

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record EngineReady(string RunId, IWorkEngine Engine) : INoSerializationVerificationNeeded;

    private sealed record EngineFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record ItemDone(WorkKey Key, WorkResult Result) : INoSerializationVerificationNeeded;

    private sealed record ItemDropped(WorkKey Key) : INoSerializationVerificationNeeded;
}
