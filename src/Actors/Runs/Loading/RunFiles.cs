using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs.Record;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// The files of a run under this coordinator's epoch, brought to what the journal says: records and checkpoints that do
/// not count are gone.
/// </summary>
/// <param name="Journal">The journal.</param>
/// <param name="Progress">How far the run is.</param>
/// <param name="Recorder">Where figures and traces go.</param>
/// <param name="Checkpoints">Where checkpoints are.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunFiles(
    IJournal Journal, RunProgress Progress, RunRecorder Recorder, RunCheckpoints Checkpoints, TimeProvider Time)
{
    /// <summary>Brings the files of a run to what its journal says.</summary>
    /// <param name="journal">The journal, under this coordinator's epoch.</param>
    /// <param name="lines">The journal's lines.</param>
    /// <param name="checkpoints">Where checkpoints are.</param>
    /// <param name="open">Opens the recorder; called while nobody else can take over.</param>
    /// <param name="isServed">Whether the weights of an update can still be had from their learner.</param>
    /// <param name="time">The clock.</param>
    public static async Task<RunFiles> OpenAsync(
        IJournal journal,
        IReadOnlyList<JournalEntry> lines,
        RunCheckpoints checkpoints,
        Func<RunRecorder> open,
        Func<WeightsReference, Task<bool>> isServed,
        TimeProvider time)
    {
        var progress = RunProgress.From(lines, served: true);
        var lost = 0;
        if (progress.Weights is { } newest && !await isServed(newest))
        {
            (progress, lost) = (RunProgress.From(lines), progress.Step);
        }

        RunRecorder recorder = null!;
        void Cut()
        {
            recorder = open();
            recorder.CutTo(progress);
            checkpoints.CutTo(progress);
        }

        if (lost > progress.Step)
        {
            journal.Append(JournalKind.RolledBack, progress.Step, record: Cut);
        }
        else
        {
            journal.Record(Cut);
        }

        return new RunFiles(journal, progress, recorder, checkpoints, time);
    }

    /// <summary>What decides on the run's stages, with all that it decides over.</summary>
    public RunMachine Machine(
        RunPlan plan, WeightsReference start, IPairSource pairs, WorkLedger ledger, IBatchPublisher publisher)
    {
        var state = new RunState(Recorder, Journal, Time);
        var updates = new PolicyUpdates(
            plan, Progress, start, ledger, Journal, Recorder, publisher, Checkpoints, state);
        var scalar = new ScalarTraining(
            plan, Progress.ScalarDone, ledger, Journal, Recorder, Checkpoints, state);
        var evaluations = new Evaluations(plan, pairs, Progress.Evaluated, Journal, Recorder);
        var batch = new Collecting(plan, pairs, ledger, Journal, Recorder, state);
        return new RunMachine(plan, updates, scalar, evaluations, batch, Journal, state);
    }
}
