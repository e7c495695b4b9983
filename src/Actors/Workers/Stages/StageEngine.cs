using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// Trains a stage on a thread of its own, from its last checkpoint when it was interrupted, and from where it is when
/// only its coordinator was lost.
/// </summary>
/// <param name="stage">What is trained.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where the starting weights come from.</param>
internal sealed class StageEngine(Stage stage, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new(stage.Name, stage.Threads);
    private readonly WriteClaim _claim = new(folder);

    // Kept where the item was given up between two steps.
    private StageState? _state;
    private long _steps;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress =>
        Interlocked.Read(ref _steps) + (Volatile.Read(ref _state)?.Progress ?? 0) + bulk.Received;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Train(item.Key, (StageWork)item.Payload, progress, cancel));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _thread.Dispose();
        _state?.Dispose();
    }));

    private WorkResult Train(
        WorkKey key,
        StageWork work,
        Action<int, IReadOnlyDictionary<string, double>> progress,
        CancellationToken cancel)
    {
        var partial = InterruptedTraining.Take(folder, stage.Partial, key);
        _state ??= stage.Load(bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult(), partial);
        ReportAgain(_state, progress);
        while (_state.Step < stage.Steps)
        {
            if (cancel.IsCancellationRequested)
            {
                return Interrupt(key, _state, partial);
            }

            var figures = _state.TrainStep();
            Interlocked.Increment(ref _steps);
            progress(_state.Step, figures);
            if (IsCheckpointDue(_state.Step) && _claim.IsCurrent(key))
            {
                _state.SaveForContinuation(partial);
            }
        }

        return Finish(key, partial);
    }

    // The coordinator may have changed since, and some of what it was told is lost.
    private static void ReportAgain(StageState state, Action<int, IReadOnlyDictionary<string, double>> progress)
    {
        foreach (var (index, figures) in state.Figures.Index())
        {
            progress(state.Step - state.Figures.Count + index + 1, figures);
        }
    }

    private WorkStopped Interrupt(WorkKey key, StageState state, TrainingCheckpoint partial)
    {
        _claim.Claim(stage.Partial, key);
        state.SaveForContinuation(partial);
        return new WorkStopped(partial.Folder);
    }

    private WorkResult Finish(WorkKey key, TrainingCheckpoint partial)
    {
        var claimed = _claim.Claim(stage.Checkpoint, key);
        using var state = _state!;
        _state = null;
        var result = state.ToResult(claimed);
        state.SaveFinal(new TrainingCheckpoint(folder.Absolute(claimed)));
        partial.Delete();
        return result;
    }

    private bool IsCheckpointDue(int step) =>
        step < stage.Steps && stage.CheckpointEvery > 0 && step % stage.CheckpointEvery == 0;
}
