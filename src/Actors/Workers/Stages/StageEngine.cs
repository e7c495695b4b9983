using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Training;
using Serilog;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// Trains a stage on a thread of its own, from its last checkpoint when it was interrupted, and from where it is when
/// only its coordinator was lost, or another rank. Where several train it together, the first one reports and hands in
/// the result; it writes the checkpoints, or all do where each holds a part. A trained model that was written and not
/// handed in is not trained again.
/// </summary>
/// <param name="stage">What is trained.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where the starting weights come from.</param>
internal sealed class StageEngine(Stage stage, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new(stage.Name, stage.Threads);
    private readonly WriteClaim _claim = new(folder);
    private readonly StageStart _start = new(stage, folder, bulk);
    private readonly RankWork _ranks = new(bulk, stage.Exchange);
    private long _steps;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _steps) + (_start.State?.Progress ?? 0) + bulk.Received;

    /// <inheritdoc/>
    public string? Direct => bulk.Address;

    /// <inheritdoc/>
    public TimeSpan Exchanging => _ranks.Exchanging;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var work = (StageWork)item.Payload;
        return _thread.Run(() => _ranks.Do(
            item.Key,
            work,
            ranks => Train(item.Key, work, ranks, ranks.Rank == 0 ? progress : (_, _) => { }, cancel),
            cancel));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _thread.Dispose();
        _start.Dispose();
        _ranks.Dispose();
    }));

    private WorkResult Train(
        WorkKey key,
        StageWork work,
        ICollective ranks,
        Action<int, IReadOnlyDictionary<string, double>> progress,
        CancellationToken cancel)
    {
        var finished = _claim.IsCurrent(key) ? FinishedStage.Find(folder, stage.Checkpoint, stage.Steps) : null;
        if (ranks.Gather([finished is null ? 0 : 1])[0][0] > 0)
        {
            return HandIn(key, ranks, finished, progress);
        }

        var partial = _start.Prepare(key, work, ranks, cancel);
        var state = _start.State!;
        ReportAgain(state.Figures, state.Step, progress);
        while (state.Step < stage.Steps)
        {
            if (Stopping(ranks, cancel) is >= 0 and var stopping)
            {
                return Interrupt(key, state, partial, work.Seat?.Members[stopping].Worker, cancel);
            }

            var figures = state.TrainStep();
            Interlocked.Increment(ref _steps);
            progress(state.Step, figures);
            if (IsCheckpointDue(state.Step))
            {
                TrySave(key, state, partial);
            }
        }

        return Finish(key, state);
    }

    // The first rank that was asked to stop; negative where none was. All come to it before the same step.
    private static int Stopping(ICollective ranks, CancellationToken cancel) =>
        Array.FindIndex(ranks.Gather([cancel.IsCancellationRequested ? 1 : 0]), one => one[0] > 0);

    // The coordinator may have changed since, and some of what it was told is lost.
    private static void ReportAgain(
        IReadOnlyList<IReadOnlyDictionary<string, double>> all,
        int last,
        Action<int, IReadOnlyDictionary<string, double>> progress)
    {
        foreach (var (index, figures) in all.Index())
        {
            progress(last - all.Count + index + 1, figures);
        }
    }

    // Another rank that leaves does not end the run.
    private WorkResult Interrupt(
        WorkKey key, StageState state, TrainingCheckpoint partial, string? stopping, CancellationToken cancel)
    {
        if (!TrySave(key, state, partial))
        {
            throw new OperationCanceledException($"{key.Id}: another coordinator has the run");
        }

        EndShare(key, state.Ranks);
        return cancel.IsCancellationRequested
            ? new WorkStopped(partial.Folder)
            : new LearnerLost(stopping!, $"{stopping} leaves");
    }

    private WorkResult Finish(WorkKey key, StageState state)
    {
        var claimed = _claim.Claim(stage.Checkpoint, key);
        var finished = new FinishedStage(state.Step, state.ToResult(claimed), state.Figures);
        state.SaveFinal(new TrainingCheckpoint(folder.Absolute(claimed)));
        if (state.Ranks.Rank == 0)
        {
            finished.Write(folder.Absolute(claimed));
        }

        // Until the model is written, what it would be written from stays: the state of every rank, and the checkpoint.
        state.Ranks.Gather([0]);
        End(key, state.Ranks);
        return finished.Result;
    }

    // The worker that has written the model is gone; the first rank has found it.
    private WorkResult HandIn(
        WorkKey key,
        ICollective ranks,
        FinishedStage? finished,
        Action<int, IReadOnlyDictionary<string, double>> progress)
    {
        End(key, ranks);
        Log.Information("{Item}: what an earlier hand-out has trained is handed in", key.Id);
        ReportAgain(finished!.Figures, finished.Steps, progress);
        return finished.Result;
    }

    private void End(WorkKey key, ICollective ranks)
    {
        _start.Dispose();
        EndShare(key, ranks);
        InterruptedTraining.Clear(folder, stage.Partial);
    }

    // Saves unless a later coordinator has the run, which the first rank finds out for all.
    private bool TrySave(WorkKey key, StageState state, TrainingCheckpoint partial)
    {
        var mayWrite = state.Ranks.Gather([_claim.IsCurrent(key) ? 1 : 0])[0][0] > 0;
        if (mayWrite && (state.Ranks.Rank == 0 || !state.IsWhole))
        {
            state.SaveForContinuation(partial);
        }

        return mayWrite;
    }

    // The first rank hands in.
    private static void EndShare(WorkKey key, ICollective ranks)
    {
        if (ranks.Rank > 0)
        {
            throw new OperationCanceledException($"{key.Id}: rank {ranks.Rank} has done its share");
        }
    }

    private bool IsCheckpointDue(int step) =>
        step < stage.Steps && stage.CheckpointEvery > 0 && step % stage.CheckpointEvery == 0;
}
