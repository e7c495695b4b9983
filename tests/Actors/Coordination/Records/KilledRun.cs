using R1Reward.Actors.Bulk;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Data.Traces;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination.Records;

/// <summary>
/// A run whose coordinator's process is killed and started again on the same folder; its workers answer at once.
/// </summary>
/// <param name="hub">Serves its weights.</param>
/// <param name="root">Its folder.</param>
/// <param name="plan">What it consists of.</param>
internal sealed class KilledRun(BulkHub hub, string root, RunPlan plan)
{
    /// <summary>In place of a boundary or an update: none.</summary>
    public const int Never = int.MaxValue;

    private const int ColdStartSteps = 3;

    private readonly MachineRun _workers = new(plan);

    /// <summary>Creates a run with reinforcement.</summary>
    public KilledRun(BulkHub hub, string root)
        : this(hub, root, Plan)
    {
    }

    public static RunPlan Plan { get; } = MachineRun.Plan with { Steps = 5, EvaluateEvery = 2, CheckpointEvery = 2 };

    public RunFolder Folder { get; } = new(root);

    /// <summary>Names of the boundaries of journal and records that were reached.</summary>
    public HashSet<string> Passed { get; } = [];

    /// <summary>The updates that a learner has made, in order.</summary>
    public List<int> Learned { get; } = [];

    /// <summary>Lives one life of the coordinator; true when the run has ended, false when it was killed.</summary>
    /// <param name="stopAt">The boundary at which it is killed.</param>
    /// <param name="learnerLives">Whether the newest weights outlive it.</param>
    /// <param name="askedAfter">The update after which the run is asked to stop.</param>
    public async Task<bool> LiveAsync(int stopAt, bool learnerLives, int askedAfter = Never)
    {
        var time = new ManualTime();
        var opened = Journal.Open(Folder.Root, time);
        var journal = new StoppingJournal(opened, stopAt, Passed);
        var checkpoints = new RunCheckpoints(Folder, keep: 1, hub);
        RunRecorder? recorder = null;
        try
        {
            Directory.CreateDirectory(Folder.Model);
            var files = await RunFiles.OpenAsync(
                journal,
                opened.Entries,
                checkpoints,
                () => recorder = new RunRecorder(Folder, "run", 1, time),
                _ => Task.FromResult(learnerLives),
                time);
            var ledger = new WorkLedger(journal.Epoch, TimeSpan.FromMinutes(1), time);
            var progress = files.Progress;
            var start = progress.Weights ?? checkpoints.Publish(progress.Checkpoint ?? "model", progress.Step);
            WorkOff(files.Machine(plan, start, _workers, ledger, _workers), ledger, askedAfter);
            return true;
        }
        catch (StoppingJournal.StoppedException)
        {
            return false;
        }
        finally
        {
            recorder?.Dispose();
        }
    }

    /// <summary>Everything that the run leaves, as lines that two runs of the same plan have in common.</summary>
    public IReadOnlyList<string> Left() =>
    [
        .. File.Exists(Folder.Traces) ? File.ReadLines(Folder.Traces) : [],
        .. JsonLines.Read(Folder.Metrics).Select(line => $"{line["phase"]} {line["step"]}"),
        .. RunSummary.Read(Folder.Summary)!.Evaluations.Keys,
        .. Directory.GetDirectories(Folder.Checkpoints).Select(path => Path.GetFileName(path)!).Order(),
        $"{File.ReadLines(Folder.Metrics).Count()} lines of metrics",
        $"{Directory.GetFiles(Folder.TensorBoard).Length} files of events",
        File.ReadAllText(Folder.Report).Length > 0 ? "report" : "no report",
    ];

    private void WorkOff(RunMachine machine, WorkLedger ledger, int askedAfter)
    {
        machine.Start();
        while (machine.State.Outcome is null)
        {
            // Samples that nobody waits for any more come after the checkpoint with which a run stops.
            var item = Enum.GetValues<WorkKind>()
                .OrderByDescending(kind => machine.IsStopping && kind == WorkKind.Learn)
                .SelectMany(kind => ledger.Take("w", kind, 1))
                .First();
            var result = ResultOf(item, machine);
            Assert.True(ledger.Complete(item.Key));
            machine.Complete(item.Key.Id, result);
            if (result is LearnResult && item.Key.Id.Batch.Step == askedAfter)
            {
                machine.Stop(waits: true, hasLearner: true);
            }
        }

        Assert.Equal(machine.IsStopping ? RunOutcome.Stopped : RunOutcome.Finished, machine.State.Outcome);
    }

    private WorkResult ResultOf(Assignment item, RunMachine machine)
    {
        switch (_workers.ResultOf(item))
        {
            case RolloutResult sampled:
                return new RolloutResult([.. sampled.Traces.Select(OfSomeLength)]);
            case SftResult trained:
                for (var step = 1; step <= ColdStartSteps; step++)
                {
                    machine.State.Report(item.Key.Id, step, new Dictionary<string, double> { ["loss"] = step });
                }

                return trained with { Checkpoint = Claimed(trained.Checkpoint, item.Key) };
            case SrmResult trained:
                machine.State.Report(item.Key.Id, plan.ScalarSteps, new Dictionary<string, double> { ["loss"] = 1 });
                return trained with { Checkpoint = Claimed(trained.Checkpoint, item.Key) };
            case SaveResult saved:
                return new SaveResult(Claimed(CheckpointClaim.NameOf(saved.Checkpoint), item.Key));
            case LearnResult learned:
                Learned.Add(item.Key.Id.Batch.Step);
                return learned with
                {
                    Checkpoint = learned.Checkpoint is { } name ? Claimed(name, item.Key) : null,
                };
            case var other:
                return other;
        }
    }

    private static Trace OfSomeLength(Trace trace) =>
        trace with { Tokens = [.. Enumerable.Repeat(2, 1 + (trace.Id.Sum(letter => letter) % 7))] };

    private string Claimed(string checkpoint, WorkKey key)
    {
        var claimed = CheckpointClaim.Of(checkpoint, key);
        Directory.CreateDirectory(Folder.Absolute(claimed));
        return claimed;
    }
}
