using Akka.Actor;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Telemetry;
using R1Reward.Data.Options;
using Serilog;

namespace R1Reward.Actors.Coordination;

/// <summary>A run that is loaded: ready, or under way.</summary>
/// <param name="Submit">What was submitted.</param>
/// <param name="Folder">The run folder.</param>
/// <param name="Created">When its folder was created: a run of the same name in a new folder is another run.</param>
/// <param name="Plan">What it consists of.</param>
/// <param name="ColdStartSteps">Steps of its cold start.</param>
/// <param name="Ledger">Which work is open, and which worker has the rest.</param>
/// <param name="Machine">Decides what comes next.</param>
/// <param name="Stall">For how long an engine may stand still before its worker renews nothing more.</param>
/// <param name="Recorder">The files that the run writes to, closed when it ends.</param>
/// <param name="Time">The clock of what is missing, silent and sampled of late.</param>
/// <param name="Groups">By the kinds of work that several workers do together, which of them.</param>
internal sealed record ActiveRun(
    RunCommands.Submit Submit,
    string Folder,
    DateTimeOffset Created,
    RunPlan Plan,
    int ColdStartSteps,
    WorkLedger Ledger,
    RunMachine Machine,
    TimeSpan Stall,
    IRunRecorder Recorder,
    TimeProvider Time,
    IReadOnlyDictionary<WorkKind, LearnerGroup> Groups) : IDisposable
{
    // A worker that was just lost may be back in a moment.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>The name under which it was submitted.</summary>
    public string RunId => Submit.RunId;

    /// <summary>Asks a worker to introduce itself, for it has not joined this run under this epoch.</summary>
    public ToWorker.WhoAreYou WhoAreYou => new(Ledger.Epoch);

    /// <summary>The workers that have joined it.</summary>
    public WorkerRegistry Workers { get; } = new(Time, Groups);

    /// <summary>The workers that it lacks.</summary>
    public MissingWorkers Missing { get; } = new(Time);

    /// <summary>What was sampled of late.</summary>
    public SamplingRate Sampling { get; } = new(Time);

    /// <summary>How fast those are that train together.</summary>
    public RankSpeeds Speeds { get; } = new();

    /// <summary>The results that have not come for a while.</summary>
    public OverdueResults Overdue { get; } = new(Time);

    /// <summary>How it is going.</summary>
    public RunStatus Status
    {
        get
        {
            var state = Machine.State;
            var steps = state.Stage switch
            {
                RunStage.ColdStart => ColdStartSteps,
                RunStage.Scalar => Plan.ScalarSteps,
                _ => Plan.Steps,
            };
            return new RunStatus(
                RunId,
                state.Stage,
                state.Step,
                steps,
                state.Scored,
                state.Expected,
                state.Latest,
                Workers.CountByKind,
                state.Outcome,
                state.Outcome is null ? Waiting : state.Message);
        }
    }

    /// <summary>How it is going, in all that an operator wants to see.</summary>
    public RunDetails Details => new(
        Status,
        Ledger.Epoch,
        Machine.Weights.Version.Number,
        Sampling.Now,
        Ledger.GivenOutAgain,
        Ledger.Queues,
        [.. Workers.Describe(Ledger).Select(worker => worker with { TokensPerSecond = Speeds.Of(worker.Name) })]);

    /// <summary>Whether what is to be done next waits for what may never come: a worker, or the judge.</summary>
    /// <remarks>While nobody works at the cold start or a scalar model, nothing of it can be lost.</remarks>
    public bool Waits => Workers.WaitsFor is not null
        || Ledger.OpenKinds.Any(kind => kind is WorkKind.Sft or WorkKind.Srm || Missing.Since(kind) >= Moment);

    /// <summary>Looks for workers that are missing; returns what to say of it now, or null.</summary>
    public string? LookForMissing() => Missing.Look(Needed(), Workers.CountByKind);

    // Without a worker nothing goes on; else some of them may wait for the judge.
    private string Waiting => Missing.Message is { Length: > 0 } missing
        ? missing
        : Workers.WaitsFor
            ?? Workers.Gathers(Ledger)
            ?? Workers.WaitsForRank()
            ?? Overdue.Describe(Ledger)
            ?? "";

    /// <summary>Takes a worker into the run; returns what it needs to know.</summary>
    public ToWorker.Welcome Join(FromWorker.Hello hello, IActorRef reference)
    {
        Workers.Add(hello, reference);
        return new ToWorker.Welcome(Ledger.Epoch, $"{RunId}@{Created.UtcTicks}", Submit.Settings, Folder, Stall);
    }

    /// <summary>Notes for how much work a worker has room, what is on its way to it left out.</summary>
    public void Note(FromWorker.Pull pull)
    {
        var onItsWay = Math.Max(0, Ledger.HeldBy(pull.Worker) - pull.Held);
        Workers.Note(pull with { Free = Math.Max(0, pull.Free - onItsWay) });
    }

    /// <summary>Whether a worker has joined this run under this coordinator's epoch.</summary>
    public bool HasJoined(string worker, int epoch) => epoch == Ledger.Epoch && Workers.Contains(worker);

    /// <summary>
    /// Whether a learner that is to leave may go; else it holds work, or gets some, by which nothing is lost with it.
    /// </summary>
    public bool MayGo(string learner, string here)
    {
        if (Ledger.HeldBy(learner) > 0)
        {
            return false;
        }

        Workers.EndShare(learner);
        var address = Workers.AddressOf(learner);
        if (Machine.HandOn(address, isHere: address == here))
        {
            return true;
        }

        Workers.Offer(learner);
        return false;
    }

    /// <summary>
    /// Counts a result; false when its item is done already, or is another worker's by now. What several learners did
    /// in vain, since one of them is lost, is open again.
    /// </summary>
    public bool Count(FromWorker.Done done)
    {
        if (done.Result is LearnerLost lost)
        {
            GiveOutAgain(done.Key, lost);
            return false;
        }

        if (Ledger.HandedOut(done.Key) is not { } begun || !Ledger.Complete(done.Key))
        {
            return false;
        }

        Overdue.Note();
        Recorder.Span(new WorkSpan(done.Key.Id, done.Worker, begun, Time.GetUtcNow()));
        Meters.Results.Add(1, new KeyValuePair<string, object?>("stage", EnumNames.Dashed(done.Key.Id.Stage)));
        if (done.Result is RolloutResult sampled)
        {
            Sampling.Note(sampled);
        }
        else if (done.Result is LearnResult learned)
        {
            NoteSpeeds(WorkKind.Learn, learned.Metrics);
        }

        return true;
    }

    // The process of a lost worker has most likely ended, and others of its kind with it. One that lives is asked who
    // it is when it speaks next.
    private void GiveOutAgain(WorkKey key, LearnerLost lost)
    {
        if (Ledger.IsCurrent(key))
        {
            Log.Warning("{Item}: {Reason}; {Worker} is out", key.Id, lost.Reason, lost.Worker);
            foreach (var worker in Workers.NamesBeside(lost.Worker))
            {
                Lose(worker);
            }

            Ledger.GiveUp(key);
        }
    }

    /// <summary>
    /// Takes a lost worker out: what it held is open again, and so is what it did together with others.
    /// </summary>
    /// <returns>What to say of it; null where it has not joined.</returns>
    public string? Lose(string worker)
    {
        var shared = Workers.SharedBy(worker);
        if (!Workers.Remove(worker))
        {
            return null;
        }

        var released = Ledger.ReleaseWorker(worker);
        if (shared is not null)
        {
            Ledger.GiveUp(shared);
        }

        return $"worker {worker} left; {released} of its items are given out again";
    }

    /// <summary>Prolongs the leases of what a worker is still working on.</summary>
    public void Renew(FromWorker.Renew renew) => Ledger.Renew(renew.Worker, renew.Held);

    /// <summary>Shows and records figures of work in progress; those of a hand-out that is over are ignored.</summary>
    /// <exception cref="FencedException">Another coordinator has taken over.</exception>
    public void Report(FromWorker.Progress progress)
    {
        if (Ledger.IsCurrent(progress.Key))
        {
            Machine.State.Report(progress.Key.Id, progress.Step, progress.Metrics);
            NoteSpeeds(progress.Key.Id.Stage == WorkStage.Scalar ? WorkKind.Srm : WorkKind.Sft, progress.Metrics);
        }
    }

    private void NoteSpeeds(WorkKind kind, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var slow in Speeds.Note(Workers.RanksOf(kind), figures))
        {
            Log.Warning("{Slow}", slow);
        }
    }

    /// <summary>Ends the run as soon as nothing is lost with it: whoever trains for long is asked to save.</summary>
    public void GoOnStopping()
    {
        var cancelled = Machine.State.Stage switch
        {
            RunStage.ColdStart => WorkKind.Sft,
            RunStage.Scalar => WorkKind.Srm,
            _ => (WorkKind?)null,
        };
        if (cancelled is { } kind)
        {
            Cancel(Workers.OfKind(kind));
        }

        Machine.Stop(Waits, Workers.OfKind(WorkKind.Learn).Any());
    }

    /// <summary>Asks workers to stop what they do for this run.</summary>
    public void Cancel(IEnumerable<IActorRef> workers)
    {
        foreach (var worker in workers)
        {
            worker.Tell(new ToWorker.Cancel(Ledger.Epoch));
        }
    }

    private IEnumerable<WorkKind> Needed() => Plan.Kinds(Machine.State.Step).Union(Ledger.OpenKinds);

    /// <summary>How it is when an exception has ended it: what cannot be written is the user's to mend.</summary>
    public RunStatus EndedBy(Exception broken) => Status with
    {
        Stage = RunStage.Done,
        Outcome = FileFault.Is(broken) ? RunOutcome.UserError : RunOutcome.Failed,
        Message = FileFault.Is(broken) ? FileFault.Describe(broken) : broken.Message,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Recorder.Dispose();
        }
        catch (IOException)
        {
            // A full disk does not take the last lines, and the journal does not have them either.
        }
    }
}
