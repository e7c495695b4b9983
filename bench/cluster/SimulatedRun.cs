using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;

namespace R1Reward.Bench.Ways;

/// <summary>A run of one update over many prompts that writes nothing anywhere.</summary>
/// <param name="prompts">How many prompts the update has, of one sample each.</param>
/// <param name="askJudge">Whether every sample wants a verdict.</param>
internal sealed class SimulatedRun(int prompts, bool askJudge)
    : IRunFactory, IPairSource, IJournal, IRunRecorder, IBatchPublisher, ICheckpoints
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the run has ended.</summary>
    public Task Over => _over.Task;

    public string Folder => "";

    public int Epoch => 1;

    public IReadOnlyList<PreferencePair> HeldOut => [];

    public IReadOnlyList<PreferencePair> HeldOutNoise => [];

    public string FolderOf(string run) => run;

    public RunCommands.Submit? Interrupted() => null;

    public Task<ActiveRun> LoadAsync(RunCommands.Submit submit, CancellationToken gone)
    {
        var plan = new RunPlan
        {
            Seed = 1,
            ColdStart = false,
            Steps = 1,
            PromptsPerStep = prompts,
            SamplesPerPrompt = 1,
            MaxStaleness = 0,
            TrainingRewards = new RewardPlan { AskJudge = askJudge },
            EvaluationRewards = new RewardPlan(),
            EvaluateEvery = 0,
            VoteSamples = 1,
            Ties = TieRule.None,
            CheckpointEvery = 0,
        };
        var progress = new RunProgress(true, 0, "start", new HashSet<string>(), false);
        var ledger = new WorkLedger(1, TimeSpan.FromMinutes(1), TimeProvider.System);
        var state = new RunState(this, this, TimeProvider.System);
        var machine = new RunMachine(
            plan,
            new PolicyUpdates(plan, progress, Publish("start", 0), ledger, this, this, this, this, state),
            new ScalarTraining(plan, progress.ScalarDone, ledger, this, this, this, state),
            new Evaluations(plan, this, progress.Evaluated, this, this),
            new Collecting(plan, this, ledger, this, this, state),
            this,
            state);
        var stall = TimeSpan.FromMinutes(1);
        return Task.FromResult(new ActiveRun(
            submit,
            "",
            DateTimeOffset.UnixEpoch,
            plan,
            0,
            ledger,
            machine,
            stall,
            this,
            TimeProvider.System,
            new Dictionary<WorkKind, LearnerGroup>()));
    }

    public void Ended(RunCommands.Submit submit) => _over.TrySetResult();

    public PreferencePair Training(long index) => new()
    {
        Id = new PairId($"pair-{index}"),
        Question = "Which response names the colour of the cube?",
        Response1 = "The cube is red.",
        Response2 = "There is no cube.",
        Label = PreferenceLabel.First,
    };

    public void Append(
        JournalKind kind,
        int step = 0,
        string? checkpoint = null,
        string? evaluation = null,
        WeightsReference? weights = null,
        Action? record = null) => record?.Invoke();

    public void Record(Action write) => write();

    public string Keep(string claimed) => claimed;

    public WeightsReference Publish(string checkpoint, int step) =>
        new(new PolicyVersion(step), new BlobReference(checkpoint, "", []));

    public BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> traces) => new("batch", "", []);

    public void RemoveOld() => Nothing();

    public void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures) => Nothing();

    public void Traces(BatchId batch, int step, IReadOnlyList<JudgedTrace> traces) => Nothing();

    public void Span(WorkSpan span) => Nothing();

    public void LeftOut(BatchId batch, string reason) => Nothing();

    public void Skipped(int step, NoSignal reason) => Nothing();

    public void Evaluation(string name, EvaluationFigures figures) => Nothing();

    public void Scores(string name, ScoreFigures figures) => Nothing();

    public void Seconds(string stage, double seconds) => Nothing();

    public void CutTo(RunProgress progress) => Nothing();

    public void Finish() => Nothing();

    public void Dispose() => Nothing();

    private static void Nothing()
    {
        // Of this run only the messages count.
    }
}
