using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>
/// Runs the supervised cold start on a thread of its own, from its last checkpoint when it was interrupted, and from
/// where it is when only its coordinator was lost.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where weights come from.</param>
internal sealed class SftEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("sft", settings.SftWorker.Threads);
    private readonly WriteClaim _claim = new(folder);

    // Kept where the item was given up between two steps.
    private ColdStartState? _state;
    private long _steps;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _steps) + bulk.Received;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Train(item.Key, (SftWork)item.Payload, progress, cancel));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _thread.Dispose();
        _state?.Dispose();
    }));

    private WorkResult Train(
        WorkKey key, SftWork work, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var partial = InterruptedTraining.Take(folder, RunFolder.ColdStartPartial, key);
        _state ??= Load(work, partial, cancel);
        ReportAgain(_state, progress);
        var steps = settings.Sft.Optimizer.Steps;
        while (_state.Step < steps)
        {
            if (cancel.IsCancellationRequested)
            {
                return Interrupt(key, partial);
            }

            var figures = _state.TrainStep();
            Interlocked.Increment(ref _steps);
            progress(_state.Step, figures);
            if (_state.Step < steps && IsCheckpointDue(_state.Step) && _claim.IsCurrent(key))
            {
                _state.SaveForContinuation(partial);
            }
        }

        return Finish(key, partial);
    }

    private ColdStartState Load(SftWork work, TrainingCheckpoint partial, CancellationToken cancel)
    {
        var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
        return ColdStartState.Load(settings, folder, start, partial);
    }

    // The coordinator may have changed since, and some of what it was told is lost.
    private static void ReportAgain(ColdStartState state, Action<int, IReadOnlyDictionary<string, double>> progress)
    {
        foreach (var (index, figures) in state.Figures.Index())
        {
            progress(state.Step - state.Figures.Count + index + 1, figures);
        }
    }

    private WorkStopped Interrupt(WorkKey key, TrainingCheckpoint partial)
    {
        _claim.Claim(RunFolder.ColdStartPartial, key);
        _state!.SaveForContinuation(partial);
        return new WorkStopped(partial.Folder);
    }

    private SftResult Finish(WorkKey key, TrainingCheckpoint partial)
    {
        var claimed = _claim.Claim(RunFolder.ColdStart, key);
        using var state = _state!;
        _state = null;
        state.SaveFinal(new TrainingCheckpoint(folder.Absolute(claimed)));
        partial.Delete();
        return new SftResult(claimed, state.Figures[^1]);
    }

    private bool IsCheckpointDue(int step) =>
        settings.Sft.CheckpointEvery > 0 && step % settings.Sft.CheckpointEvery == 0;
}
