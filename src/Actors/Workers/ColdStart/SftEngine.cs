using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>
/// Runs the supervised cold start on a thread of its own, from its last checkpoint when it was interrupted.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where weights come from and are published.</param>
internal sealed class SftEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("sft", settings.SftWorker.Threads);

    // Shared in memory with workers of this process until the engine ends.
    private CausalLM? _trained;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Train((SftWork)item.Payload, progress, cancel));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _thread.Dispose();
        _trained?.Dispose();
    }));

    private WorkResult Train(
        SftWork work, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
        var partial = new TrainingCheckpoint(folder.Absolute(RunFolder.ColdStartPartial));
        using var state = ColdStartState.Load(settings, folder, start, partial);
        var steps = settings.Sft.Optimizer.Steps;
        var figures = new Dictionary<string, double>();
        while (state.Step < steps)
        {
            if (cancel.IsCancellationRequested)
            {
                state.SaveForContinuation(partial);
                return new WorkStopped(partial.Folder);
            }

            figures = state.TrainStep();
            progress(state.Step, figures);
            if (state.Step < steps && IsCheckpointDue(state.Step))
            {
                state.SaveForContinuation(partial);
            }
        }

        var weights = Publish(state);
        partial.Delete();
        return new SftResult(weights, RunFolder.ColdStart, figures);
    }

    private bool IsCheckpointDue(int step) =>
        settings.Sft.CheckpointEvery > 0 && step % settings.Sft.CheckpointEvery == 0;

    private WeightsReference Publish(ColdStartState state)
    {
        var final = new TrainingCheckpoint(folder.Absolute(RunFolder.ColdStart));
        state.SaveFinal(final);
        var name = $"sft-{Guid.NewGuid().ToString("N")[..8]}";
        var blob = bulk.Publish(name, final.Folder);
        _trained = state.ReleaseModel();
        bulk.Share(name, _trained);
        return new WeightsReference(new PolicyVersion(0), blob);
    }
}
