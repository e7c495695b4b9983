using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>A run machine with a ledger that tests work off by hand, with canned results.</summary>
internal sealed class MachineRun : IPairSource, IJournal, IRunRecorder, IBatchPublisher, ICheckpoints
{
    private readonly PreferencePair[] _heldOut;

    public MachineRun(RunPlan plan, RunProgress? progress = null, int heldOut = 2)
    {
        _heldOut = [.. Enumerable.Range(0, heldOut).Select(i => PairOf($"held-{i}"))];
        Ledger = new WorkLedger(1, TimeSpan.FromMinutes(1), Time);
        progress ??= new RunProgress(false, 0, null, new HashSet<string>(), false);
        var start = Weights(progress.Step);
        var state = new RunState(this, this, new ManualTime());
        Machine = new RunMachine(
            plan,
            new PolicyUpdates(plan, progress, start, Ledger, this, this, this, this, state),
            new ScalarTraining(plan, progress.ScalarDone, Ledger, this, this, this, state),
            new Evaluations(plan, this, progress.Evaluated, this, this),
            new Collecting(plan, this, Ledger, this, this, state),
            this,
            state);
    }

    public RunMachine Machine { get; }

    public WorkLedger Ledger { get; }

    /// <summary>The clock of the leases.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>What happened, in order: journal lines, batches and evaluations.</summary>
    public List<string> Events { get; } = [];

    public List<IReadOnlyList<JudgedTrace>> Batches { get; } = [];

    public List<(string Phase, int Step)> Figures { get; } = [];

    public List<WorkSpan> Spans { get; } = [];

    public bool Closed { get; private set; }

    /// <summary>Called with every journal line, before it counts as written.</summary>
    public Action<JournalKind> OnJournal { get; set; } = _ => { };

    /// <summary>Called before what has no journal line of its own is recorded.</summary>
    public Action OnRecord { get; set; } = () => { };

    /// <summary>Called when its files are closed.</summary>
    public Action OnClosed { get; set; } = () => { };

    /// <summary>Why an update learns nothing, by its number; null where it learns.</summary>
    public Func<int, NoSignal?> SkippedFor { get; init; } = _ => null;

    /// <summary>What sampled replies say, by trace id.</summary>
    public Func<string, string> Reply { get; init; } = Readable;

    public int Epoch => 1;

    public IReadOnlyList<PreferencePair> HeldOut => _heldOut;

    public IReadOnlyList<PreferencePair> HeldOutNoise { get; init; } = [];

    public static RunPlan Plan { get; } = new()
    {
        Seed = 1,
        ColdStart = true,
        Steps = 2,
        PromptsPerStep = 2,
        SamplesPerPrompt = 2,
        MaxStaleness = 0,
        TrainingRewards = new RewardPlan { AskJudge = true },
        EvaluationRewards = new RewardPlan { AskJudge = true },
        EvaluateEvery = 0,
        VoteSamples = 3,
        Ties = TieRule.None,
        CheckpointEvery = 0,
    };

    public PreferencePair Training(long index) => PairOf($"train-{index}");

    public void Append(
        JournalKind kind,
        int step = 0,
        string? checkpoint = null,
        string? evaluation = null,
        WeightsReference? weights = null,
        Action? record = null)
    {
        OnJournal(kind);
        record?.Invoke();
        string?[] parts = [$"{kind}", step > 0 ? $"{step}" : null, checkpoint, evaluation];
        Events.Add(string.Join(' ', parts.Where(part => part is not null)));
    }

    public void Record(Action write)
    {
        OnRecord();
        write();
    }

    public string Keep(string claimed) => claimed;

    public void RemoveOld()
    {
    }

    public WeightsReference Publish(string checkpoint, int step) => Weights(step);

    public void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures) =>
        Figures.Add((phase, step));

    public void Traces(BatchId batch, int step, IReadOnlyList<JudgedTrace> traces)
    {
    }

    public void Span(WorkSpan span) => Spans.Add(span);

    public void Dispose() => OnClosed();

    public void LeftOut(BatchId batch, string reason) => Events.Add($"without {batch} {reason}");

    public void Skipped(int step, NoSignal reason) => Events.Add($"skipped {step} {reason}");

    public void Evaluation(string name, EvaluationFigures figures)
    {
    }

    public void Scores(string name, ScoreFigures figures) => Events.Add($"scores {name}");

    public void Seconds(string stage, double seconds)
    {
    }

    public void CutTo(RunProgress progress)
    {
    }

    public void Finish() => Closed = true;

    public BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> traces)
    {
        Batches.Add(traces);
        return new BlobReference($"batch-{step}", "", []);
    }

    /// <summary>A run without a cold start left to make, up to an update that a checkpoint holds.</summary>
    public static RunProgress ProgressAt(int step, params string[] evaluated) =>
        new(true, step, $"checkpoints/step-{step}", evaluated.ToHashSet(), false);

    /// <summary>A run whose first batch is being sampled.</summary>
    public static MachineRun Rolling(RunPlan? plan = null, Func<string, string>? reply = null)
    {
        var run = new MachineRun(plan ?? Plan, ProgressAt(0, "sft")) { Reply = reply ?? Readable };
        run.Machine.Start();
        Assert.Equal(RunStage.Rolling, run.Machine.State.Stage);
        return run;
    }

    /// <summary>A run whose first update is being made.</summary>
    public static MachineRun Learning(RunPlan plan)
    {
        var run = Rolling(plan);
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        return run;
    }

    /// <summary>
    /// Starts the machine and works off everything in the ledger, in its order, until nothing is open.
    /// </summary>
    public MachineRun StartAndFinish()
    {
        Machine.Start();
        return WorkOff();
    }

    public MachineRun WorkOff()
    {
        while (Machine.State.Outcome is null && TakeNext() is { } item)
        {
            Do(item);
        }

        return this;
    }

    public IReadOnlyList<Assignment> Take(WorkKind kind, int max = 100) => Ledger.Take("w", kind, max);

    public Assignment TakeOne(WorkKind kind) => Assert.Single(Take(kind));

    public void Do(IEnumerable<Assignment> items)
    {
        foreach (var item in items)
        {
            Do(item);
        }
    }

    public void Do(Assignment item) => Complete(item, ResultOf(item));

    public void Complete(Assignment item, WorkResult result)
    {
        Assert.True(Ledger.Complete(item.Key));
        Machine.Complete(item.Key.Id, result);
    }

    /// <summary>Takes and does all judging and scoring there is.</summary>
    public void Score()
    {
        Do(Take(WorkKind.Judge));
        Do(Take(WorkKind.Score));
    }

    public static WeightsReference Weights(int version) =>
        new(new PolicyVersion(version), new BlobReference($"w{version}", "", []));

    public static PreferencePair PairOf(string id, PreferenceLabel label = PreferenceLabel.First) =>
        new() { Id = new PairId(id), Question = "q", Response1 = "a", Response2 = "b", Label = label };

    public static Trace TraceOf(string id, PreferencePair pair, int version, string text) => new()
    {
        Id = id,
        Pair = pair.Id,
        PromptTokens = [1],
        Tokens = [2, 3],
        LogProbs = [-1, -1],
        Text = text,
        Finish = FinishReason.Stop,
        Version = new PolicyVersion(version),
    };

    public WorkResult ResultOf(Assignment item) => item.Payload switch
    {
        SrmWork => new SrmResult(
            "checkpoints/srm",
            new Dictionary<string, ScoreFigures> { ["srm"] = ScoreFigures.Compute([(1, 0, PreferenceLabel.First)]) }),
        SftWork => new SftResult("checkpoints/sft", new Dictionary<string, double>()),
        RolloutWork work => new RolloutResult([.. Samples(work).Select(sample => TraceOf(item, work, sample))]),
        JudgeWork => new JudgeResult(ConsistencyVerdict.Consistent, null),
        ScoreWork work => new ScoreResult([.. work.Replies.Select(reply => RewardOf(work, reply))]),
        SaveWork work => new SaveResult($"checkpoints/step-{work.Step}.e1a1"),
        LearnWork work => new LearnResult(Weights(work.Step), CheckpointOf(work), new Dictionary<string, double>())
        {
            SkippedFor = SkippedFor(work.Step),
        },
        var other => throw new InvalidOperationException(other.ToString()),
    };

    private static string Readable(string id) => "<think>Response 1 is right.</think><answer>1</answer>";

    private Assignment? TakeNext() => Enum.GetValues<WorkKind>()
        .Select(kind => Ledger.Take("w", kind, 1).SingleOrDefault())
        .FirstOrDefault(item => item is not null);

    private static IEnumerable<int> Samples(RolloutWork work) => Enumerable.Range(0, work.Samples);

    private Trace TraceOf(Assignment item, RolloutWork work, int sample)
    {
        var id = $"{item.Key.Id}/{sample}";
        return TraceOf(id, work.Pair, work.Weights.Version.Number, Reply(id));
    }

    private static RewardBreakdown RewardOf(ScoreWork work, JudgedReply reply) => new()
    {
        Format = 1,
        Result = 1,
        Consistency = 1,
        Verdict = reply.Verdict,
        Status = JudgmentStatus.Tagged,
        Total = 2,
        Terms = [new TermScore(work.Late ? "late" : "early", 2, 1, null)],
    };

    private static string? CheckpointOf(LearnWork work) => work.Checkpoint ? $"checkpoints/step-{work.Step}" : null;
}
