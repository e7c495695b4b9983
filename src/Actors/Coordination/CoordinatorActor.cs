using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The cluster's one coordinator: carries work from the ledger to workers and results from workers to the run's state
/// machine. What comes next is decided in <see cref="RunMachine"/>, which begins with the map of a run.
/// </summary>
/// <remarks>
/// Idle waits for a run to be submitted. Loading waits for the run factory. Running consumes Hello, Pull, Renew and
/// Done, and produces Welcome, Work and Accepted. It waits for workers and results; any of them unblocks it, and so
/// does its tick, which ends leases. Fenced waits for the process to end: a coordinator that was frozen and replaced
/// finds a higher epoch in the journal at its next write or tick.
/// </remarks>
internal sealed class CoordinatorActor : ReceiveActor, IWithTimers
{
    private readonly IRunFactory _factory;
    private readonly TimeSpan _tick;
    private readonly Func<string, CoordinatedShutdown.Reason> _fenced;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _gone = new();
    private readonly HashSet<IActorRef> _waiting = [];
    private RunStatus _status;

    // The run under way, for whoever ends this actor; the behaviours hold it themselves.
    private ActiveRun? _run;

    /// <summary>Creates the coordinator; a run that was under way in the run folder is resumed.</summary>
    /// <param name="factory">Loads runs.</param>
    /// <param name="tick">Time between two looks for leases that are over.</param>
    /// <param name="fenced">
    /// Makes the reason with which the process ends when another coordinator has taken over, out of what to say.
    /// </param>
    public CoordinatorActor(IRunFactory factory, TimeSpan tick, Func<string, CoordinatedShutdown.Reason> fenced)
    {
        _factory = factory;
        _tick = tick;
        _fenced = fenced;
        _status = RunStatus.NoRun with { Message = $"no run is under way in {factory.Folder}" };
        Idle();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Cluster.Get(Context.System)
            .Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        try
        {
            if (_factory.Interrupted() is { } interrupted)
            {
                _log.Info("taking up {0}", _factory.FolderOf(interrupted.RunId));
                Load(interrupted);
            }
        }
        catch (UserErrorException mistake)
        {
            // A run can still be submitted; whoever follows the old one is told.
            _log.Error("{0}", mistake.Message);
            _status = _status with { Message = mistake.Message };
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Cluster.Get(Context.System).Unsubscribe(Self);
        Tell(RunDetails.Idle(RunStatus.NoRun));
        _gone.Cancel();
        _gone.Dispose();
        _run?.Dispose();
    }

    private void Idle()
    {
        Receive<RunCommands.Submit>(submit =>
        {
            Load(submit);
            Answer(submit, submit.RunId);
        });
        AnswerWithoutRun();
        Receive<FromWorker.Leaving>(_ => Sender.Tell(ToWorker.Farewell.Instance));
        IgnoreWorkers();
    }

    private void Loading(RunCommands.Submit loading, bool stop)
    {
        Receive<RunCommands.Submit>(submit => Answer(submit, loading.RunId));
        AnswerWithoutRun();
        Receive<RunCommands.Stop>(_ => stop = true);
        Receive<RunLoaded>(message => Begin(message.Run, stop));
        Receive<RunNotLoaded>(message => Refuse(message.Error));
        IgnoreWorkers();
    }

    private void Running(ActiveRun run)
    {
        Receive<RunCommands.Submit>(submit => Answer(submit, run.RunId));
        Receive<RunCommands.GetStatus>(_ => Sender.Tell(run.Status));
        Receive<RunCommands.GetDetails>(_ => Sender.Tell(run.Details));
        Receive<RunCommands.Stop>(_ => Stop(run));
        Receive<FromWorker.Hello>(hello => Sender.Tell(run.Join(hello, Sender)));
        Receive<FromWorker.Pull>(pull => HandOut(run, pull), pull => run.HasJoined(pull.Worker, pull.Epoch));
        Receive<FromWorker.Renew>(run.Renew, renew => run.HasJoined(renew.Worker, renew.Epoch));
        Receive<FromWorker.Leaving>(to => LetGo(run, to.Worker), to => run.HasJoined(to.Worker, to.Epoch));
        Receive<FromWorker.Leaving>(_ => Sender.Tell(run.WhoAreYou));
        Receive<FromWorker.Pull>(_ => Sender.Tell(run.WhoAreYou));
        Receive<FromWorker.Renew>(_ => Sender.Tell(run.WhoAreYou));
        Receive<FromWorker.Done>(done => Complete(run, done));
        Receive<FromWorker.Progress>(progress => Advance(run, () => run.Report(progress)));
        Receive<FromWorker.Goodbye>(goodbye => Lose(run, [goodbye.Worker]));
        Receive<ClusterEvent.MemberRemoved>(removed => Lose(run, run.Workers.NamesAt($"{removed.Member.Address}")));
        Receive<Tick>(_ => Advance(run, () => LookAround(run)));
    }

    private void Fenced()
    {
        AnswerWithoutRun();
        ReceiveAny(_ => { });
    }

    private void AnswerWithoutRun()
    {
        Receive<RunCommands.GetStatus>(_ => Sender.Tell(_status));
        Receive<RunCommands.GetDetails>(_ => Sender.Tell(RunDetails.Idle(_status)));
    }

    // Workers repeat what they have to say until a run answers them, and are asked who they are when there is one. A
    // result is accepted even so: no later run can use it, since each has its own epoch.
    private void IgnoreWorkers()
    {
        Receive<FromWorker.Done>(done => Sender.Tell(new ToWorker.Accepted(done.Key)));
        Receive<FromWorker.Hello>(_ => _waiting.Add(Sender));
        Receive<FromWorker.Pull>(_ => _waiting.Add(Sender));
        Receive<IWireMessage>(_ => { });
        Receive<ClusterEvent.MemberRemoved>(_ => { });
    }

    private void Answer(RunCommands.Submit submit, string current)
    {
        // The same name is the same run: a submission is repeated until it is answered.
        var refusal = submit.RunId == current ? null : $"run {current} is under way";
        Sender.Tell(new RunCommands.Submitted(submit.RunId, refusal, _factory.FolderOf(submit.RunId)));
    }

    private void Load(RunCommands.Submit submit, bool stop = false)
    {
        _status = _status with { RunId = submit.RunId, Stage = RunStage.Loading, Outcome = null, Message = "" };
        Become(() => Loading(submit, stop));
        _factory.LoadAsync(submit, _gone.Token)
            .PipeTo(Self, success: run => new RunLoaded(run), failure: error => new RunNotLoaded(error));
    }

    private void Refuse(Exception error)
    {
        var cause = error is AggregateException many ? many.InnerException! : error;
        if (cause is FencedException fenced)
        {
            // Two coordinators have begun with the run at the same time.
            GiveUp(fenced, _status);
            return;
        }

        var outcome = cause is UserErrorException ? RunOutcome.UserError : RunOutcome.Failed;
        _status = _status with { Stage = RunStage.Done, Outcome = outcome, Message = cause.Message };
        Become(Idle);
    }

    private void Begin(ActiveRun run, bool stop)
    {
        _run = run;
        Context.System.EventStream.Publish(new RunJoined(run.Folder));
        Timers.StartPeriodicTimer("tick", Tick.Instance, _tick);
        Become(() => Running(run));
        Advance(run, run.Machine.Start);
        foreach (var worker in _waiting)
        {
            worker.Tell(run.WhoAreYou);
        }

        _waiting.Clear();
        if (stop && _run is not null)
        {
            Stop(run);
        }
    }

    private void Stop(ActiveRun run)
    {
        if (!run.Machine.IsStopping)
        {
            _log.Info("stopping after the step under way");
        }

        Advance(run, () => run.GoOnStopping());
    }

    private void HandOut(ActiveRun run, FromWorker.Pull pull)
    {
        run.Note(pull);
        HandOut(run);
    }

    private void LetGo(ActiveRun run, string learner) => Advance(run, () =>
    {
        if (run.MayGo(learner, here: $"{Cluster.Get(Context.System).SelfAddress}"))
        {
            Sender.Tell(ToWorker.Farewell.Instance);
        }
    });

    private void Complete(ActiveRun run, FromWorker.Done done)
    {
        if (run.Count(done))
        {
            Context.System.EventStream.Publish(new CurrentWork(done.Key.Id));
            Advance(run, () => run.Machine.Complete(done.Key.Id, done.Result));
        }

        Sender.Tell(new ToWorker.Accepted(done.Key));
    }

    private void LookAround(ActiveRun run)
    {
        run.Machine.ConfirmOwnership();
        if (run.Ledger.ExpireLeases() is > 0 and var expired)
        {
            _log.Warning("{0} items were not renewed in time; the next worker that asks gets them", expired);
        }

        if (run.LookForMissing() is { } missing)
        {
            _log.Warning("{0}", missing);
        }

        if (run.Machine.IsStopping)
        {
            run.GoOnStopping();
        }

        Tell(run.Details);
    }

    // For whoever observes this node.
    private static void Tell(RunDetails details) => Context.System.EventStream.Publish(details);

    private void Lose(ActiveRun run, IReadOnlyList<string> workers)
    {
        foreach (var lost in workers.Select(run.Lose).OfType<string>())
        {
            _log.Warning("{0}", lost);
        }

        HandOut(run);
    }

    private static void HandOut(ActiveRun run)
    {
        foreach (var (worker, work) in run.Workers.HandOut(run.Ledger))
        {
            worker.Tell(work);
        }
    }

    private void Advance(ActiveRun run, Action step)
    {
        try
        {
            step();
            if (run.Machine.State.Outcome is null)
            {
                HandOut(run);
                return;
            }

            _factory.Ended(run.Submit);
            run.Cancel(run.Workers.All);
            Close(run, run.Status);
        }
        catch (RolledBackException lost)
        {
            _log.Warning("{0}", lost.Message);
            Close(run, run.Status);
            Load(run.Submit, run.Machine.IsStopping);
        }
        catch (FencedException fenced)
        {
            GiveUp(fenced, run.Status);
        }
        catch (Exception broken)
        {
            // A restart of this actor would forget the run and leave whoever follows it waiting.
            var last = run.EndedBy(broken);
            var isMistake = last.Outcome == RunOutcome.UserError;
            _log.Log(isMistake ? LogLevel.InfoLevel : LogLevel.ErrorLevel, broken, "the run stops");
            Close(run, last);
        }
    }

    private void GiveUp(FencedException fenced, RunStatus last)
    {
        _log.Info("{0}", fenced.Message);
        _status = last;
        Become(Fenced);
        CoordinatedShutdown.Get(Context.System).Run(_fenced(fenced.Message));
    }

    private void Close(ActiveRun run, RunStatus last)
    {
        Timers.Cancel("tick");
        run.Dispose();
        _run = null;
        _status = last;
        Tell(RunDetails.Idle(last));
        Become(Idle);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record RunLoaded(ActiveRun Run) : INoSerializationVerificationNeeded;

    private sealed record RunNotLoaded(Exception Error) : INoSerializationVerificationNeeded;
}
