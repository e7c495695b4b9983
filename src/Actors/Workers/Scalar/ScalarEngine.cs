using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Scalar;

/// <summary>
/// Trains a scalar reward model on a thread of its own, from its last checkpoint when it was interrupted, and from
/// where it is when only its coordinator was lost; then scores the held-out pairs with it.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where the starting weights come from.</param>
internal sealed class ScalarEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("srm", settings.SrmWorker.Threads);
    private readonly WriteClaim _claim = new(folder);

    // Kept where the item was given up between two steps.
    private ScalarState? _state;
    private long _steps;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _steps) + bulk.Received;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Train(item.Key, (SrmWork)item.Payload, progress, cancel));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _thread.Dispose();
        _state?.Dispose();
    }));

    private WorkResult Train(
        WorkKey key, SrmWork work, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var partial = InterruptedTraining.Take(folder, RunFolder.ScalarPartial, key);
        _state ??= Load(work, partial, cancel);
        ReportAgain(_state, progress);
        var steps = settings.Srm.Optimizer.Steps;
        while (_state.Step < steps)
        {
            if (cancel.IsCancellationRequested)
            {
                return Interrupt(key, partial);
            }

            progress(_state.Step + 1, _state.TrainStep());
            Interlocked.Increment(ref _steps);
            if (_state.Step < steps && IsCheckpointDue(_state.Step) && _claim.IsCurrent(key))
            {
                _state.SaveForContinuation(partial);
            }
        }

        return Finish(key, partial);
    }

    private ScalarState Load(SrmWork work, TrainingCheckpoint partial, CancellationToken cancel)
    {
        var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
        return ScalarState.Load(settings, start, partial);
    }

    // The coordinator may have changed since, and some of what it was told is lost.
    private static void ReportAgain(ScalarState state, Action<int, IReadOnlyDictionary<string, double>> progress)
    {
        foreach (var (index, figures) in state.Figures.Index())
        {
            progress(state.Step - state.Figures.Count + index + 1, figures);
        }
    }

    private WorkStopped Interrupt(WorkKey key, TrainingCheckpoint partial)
    {
        _claim.Claim(RunFolder.ScalarPartial, key);
        _state!.SaveForContinuation(partial);
        return new WorkStopped(partial.Folder);
    }

    private SrmResult Finish(WorkKey key, TrainingCheckpoint partial)
    {
        var claimed = _claim.Claim(RunFolder.Scalar, key);
        using var state = _state!;
        _state = null;
        var heldOut = state.Heads.Zip(state.ScoreHeldOut()).ToDictionary(
            head => head.First == state.Heads[0] ? "srm" : $"srm-{head.First}", head => head.Second);
        state.SaveFinal(new TrainingCheckpoint(folder.Absolute(claimed)));
        partial.Delete();
        return new SrmResult(claimed, heldOut);
    }

    private bool IsCheckpointDue(int step) =>
        settings.Srm.CheckpointEvery > 0 && step % settings.Srm.CheckpointEvery == 0;
}
