using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The cluster's one coordinator: carries work from the ledger to workers and results from workers to the run's state
/// machine. What comes next is decided in <see cref="RunMachine"/>, which begins with the map of a run.
/// </summary>
/// <remarks>
/// consumes Hello, Pull, Renew, Done; produces Welcome, Work, Accepted; waits for workers and results; is unblocked by
/// any of them, and by its tick, which takes leases back. A frozen coordinator that wakes up finds a higher epoch in
/// the journal at its next write and ends its process.
/// </remarks>
public sealed class CoordinatorActor : ReceiveActor, IWithTimers
{
    private readonly IRunFactory _factory;
    private readonly TimeSpan _tick;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, Worker> _workers = [];
    private ActiveRun? _run;
    private RunCommands.Submit? _loading;
    private bool _stopWhenLoaded;
    private RunStatus _last = new("", RunStage.Loading, 0, 0, 0, 0, new Dictionary<string, double>(), new Dictionary<WorkKind, int>(), null, "");

    /// <summary>Creates the coordinator; a run that was under way in the run folder is taken up.</summary>
    public CoordinatorActor(IRunFactory factory, TimeSpan tick)
    {
        (_factory, _tick) = (factory, tick);

        Receive<RunCommands.Submit>(Submit);
        Receive<RunCommands.GetStatus>(_ => Sender.Tell(Status()));
        Receive<RunCommands.Stop>(_ => StopRun());
        Receive<RunLoaded>(message => Begin(message.Run));
        Receive<RunNotLoaded>(message => Refuse(message.Error));
        Receive<FromWorker.Hello>(Welcome);
        Receive<FromWorker.Pull>(Pull);
        Receive<FromWorker.Renew>(message => IfKnown(message.Worker, message.Epoch, _ => _run!.Ledger.Renew(message.Worker, message.Held)));
        Receive<FromWorker.Done>(Done);
        Receive<FromWorker.Progress>(message => _run?.Machine.Progress(message.Key.Id, message.Step, message.Metrics));
        Receive<FromWorker.Goodbye>(message => Lose(message.Worker));
        Receive<ClusterEvent.MemberRemoved>(message => LoseAll(message.Member.Address.ToString()));
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
        Receive<Tick>(_ => OnTick());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer("tick", Tick.Instance, _tick);
        if (_factory.Interrupted() is { } interrupted)
        {
            _log.Info("taking up {0}", interrupted.Folder);
            Load(interrupted);
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Cluster.Get(Context.System).Unsubscribe(Self);
        _run?.Dispose();
    }

    private void Submit(RunCommands.Submit submit)
    {
        var current = _run?.RunId ?? _loading?.RunId;
        var refusal = current is null || current == submit.RunId ? null : $"run {current} is under way";
        Sender.Tell(new RunCommands.Submitted(submit.RunId, refusal));
        if (current is null)
        {
            Load(submit);
        }
    }

    private void Load(RunCommands.Submit submit)
    {
        _loading = submit;
        _last = _last with { RunId = submit.RunId, Stage = RunStage.Loading, Outcome = null, Message = "" };
        Task.Run(() => _factory.LoadAsync(submit)).PipeTo(Self, success: run => new RunLoaded(run), failure: error => new RunNotLoaded(error));
    }

    private void Refuse(Exception error)
    {
        error = error is AggregateException many ? many.InnerException! : error;
        var outcome = error is UserErrorException ? RunOutcome.UserError : RunOutcome.Failed;
        _last = _last with { Stage = RunStage.Done, Outcome = outcome, Message = error.Message };
        (_loading, _stopWhenLoaded) = (null, false);
    }

    private void Begin(ActiveRun run)
    {
        var stop = _stopWhenLoaded;
        (_run, _loading, _stopWhenLoaded) = (run, null, false);
        _workers.Clear();
        Guarded(run.Machine.Start);
        if (stop)
        {
            StopRun();
        }
    }

    private void Welcome(FromWorker.Hello hello)
    {
        if (_run is null)
        {
            return;
        }

        _workers[hello.Worker] = new Worker(hello.Worker, hello.Address, hello.Kind, Sender);
        Sender.Tell(_run.Welcome);
    }

    private void Pull(FromWorker.Pull pull) => IfKnown(pull.Worker, pull.Epoch, worker =>
    {
        worker.Free = pull.Free;
        HandOut(worker);
    });

    private void Done(FromWorker.Done done)
    {
        // Without a run, too: no later one can use the result, since each has its own epoch.
        if (_run is { } run && run.Ledger.Complete(done.Key))
        {
            Context.System.EventStream.Publish(new CurrentWork(done.Key.Id));
            Guarded(() => run.Machine.Complete(done.Key.Id, done.Result));
        }

        Sender.Tell(new ToWorker.Accepted(done.Key));
    }

    private void StopRun()
    {
        if (_run is null)
        {
            _stopWhenLoaded = _loading is not null;
            return;
        }

        _log.Info("stopping after the step under way");
        if (_run.Machine.Stage == RunStage.ColdStart)
        {
            foreach (var worker in _workers.Values.Where(worker => worker.Kind == WorkKind.Sft))
            {
                worker.Ref.Tell(new ToWorker.Cancel(_run.Ledger.Epoch));
            }
        }

        Guarded(_run.Machine.Stop);
    }

    private void OnTick()
    {
        if (_run is not null && _run.Ledger.ExpireLeases() is > 0 and var expired)
        {
            _log.Warning("{0} items were not renewed in time; whoever asks first gets them", expired);
            HandOut();
        }
    }

    private void LoseAll(string address)
    {
        foreach (var worker in _workers.Values.Where(worker => worker.Address == address).ToList())
        {
            Lose(worker.Name);
        }
    }

    private void Lose(string name)
    {
        if (_workers.Remove(name) && _run is not null && _run.Ledger.WorkerLost(name) is var freed)
        {
            _log.Warning("worker {0} left; {1} of its items are given out again", name, freed);
            HandOut();
        }
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (RolledBackException lost)
        {
            _log.Warning("{0}", lost.Message);
            var submit = _run!.Submit;
            _run.Dispose();
            _run = null;
            Load(submit);
            return;
        }
        catch (FencedException fenced)
        {
            _log.Error("{0}", fenced.Message);
            CoordinatedShutdown.Get(Context.System).Run(FencedReason.Instance);
            return;
        }
        catch (Exception broken)
        {
            // A restart of this actor would forget the run and leave whoever follows it waiting.
            _log.Error(broken, "the run stops");
            _last = Status() with { Stage = RunStage.Done, Outcome = RunOutcome.Failed, Message = broken.Message };
            _run!.Dispose();
            _run = null;
            return;
        }

        if (_run!.Machine.Outcome is not null)
        {
            _last = Status();
            _factory.Ended(_run.Submit);
            _run.Dispose();
            _run = null;
        }
        else
        {
            HandOut();
        }
    }

    private void HandOut()
    {
        foreach (var worker in _workers.Values)
        {
            HandOut(worker);
        }
    }

    private void HandOut(Worker worker)
    {
        while (worker.Free > 0 && _run!.Ledger.Take(worker.Name, worker.Kind, Math.Min(worker.Free, ItemsPerMessage)) is { Count: > 0 } items)
        {
            worker.Free -= items.Count;
            worker.Ref.Tell(new ToWorker.Work(_run.Ledger.Epoch, items));
        }
    }

    private void IfKnown(string name, int epoch, Action<Worker> then)
    {
        if (_run is not null && epoch == _run.Ledger.Epoch && _workers.TryGetValue(name, out var worker))
        {
            then(worker);
        }
        else if (_run is not null)
        {
            Sender.Tell(new ToWorker.WhoAreYou(_run.Ledger.Epoch));
        }
    }

    private RunStatus Status() => _run is not { } run ? _last : new RunStatus(
        run.RunId,
        run.Machine.Stage,
        run.Machine.Step,
        run.Machine.Stage == RunStage.ColdStart ? run.ColdStartSteps : run.Plan.Steps,
        run.Machine.Items.Done,
        run.Machine.Items.Expected,
        run.Machine.Latest,
        _workers.Values.GroupBy(worker => worker.Kind).ToDictionary(group => group.Key, group => group.Count()),
        run.Machine.Outcome,
        run.Machine.Message);

    // A rollout item carries a question and two responses: eight stay far below the frame limit.
    private const int ItemsPerMessage = 8;

    private sealed class Worker(string name, string address, WorkKind kind, IActorRef reference)
    {
        public string Name { get; } = name;

        public string Address { get; } = address;

        public WorkKind Kind { get; } = kind;

        public IActorRef Ref { get; } = reference;

        public int Free { get; set; }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record RunLoaded(ActiveRun Run) : INoSerializationVerificationNeeded;

    private sealed record RunNotLoaded(Exception Error) : INoSerializationVerificationNeeded;
}
