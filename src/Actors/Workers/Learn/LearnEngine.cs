using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Data.Traces;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Applies reinforcement updates on a thread of its own: fetches a batch with its pictures, makes one
/// <see cref="Policy.Training.ReinforceStep"/> of it, publishes the new weights, writes a checkpoint where asked.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where weights and batches come from and weights go.</param>
internal sealed class LearnEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("learner", settings.Learner.Threads);
    private readonly WeightsPublisher _weights = new(bulk);
    private LearnerState? _state;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Learn((LearnWork)item.Payload, cancel));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _thread.Run(() => _state?.Dispose());
        _thread.Dispose();
        _weights.Dispose();
    }

    private WorkResult Learn(LearnWork work, CancellationToken cancel)
    {
        try
        {
            if (_state?.Version != work.Step - 1)
            {
                _state?.Dispose();
                _state = LearnerLoader.Load(settings, folder, bulk, work, cancel);
            }
        }
        catch (IOException failure)
        {
            return new WeightsLost(failure.Message);
        }

        if (_state is null)
        {
            return new WeightsLost(
                $"no learner holds the weights after update {work.Step - 1}, and no checkpoint does");
        }

        var batch = Fetch(work.Batch, cancel).Traces;
        var media = Media([.. batch.Select(scored => scored.Trace)], _state.Media, cancel);
        var metrics = _state.Step.Run(batch, media);
        _state.Version = work.Step;
        var checkpoint = work.Checkpoint ? RunFolder.Checkpoint(work.Step) : null;
        if (checkpoint is not null)
        {
            _state.Save(folder.Absolute(checkpoint));
            OldCheckpoints.Remove(folder.Checkpoints, settings.Checkpoints.Keep);
        }

        var weights = _weights.Publish(work.Step, _state.Model, _state.Tokenizer);
        return new LearnResult(weights, checkpoint, LearnFigures.From(metrics)) { SkippedFor = metrics.SkippedFor };
    }

    private ScoredBatch Fetch(BlobReference batch, CancellationToken cancel)
    {
        if (bulk.Shared<ScoredBatch>(batch.Name) is { } shared)
        {
            return shared;
        }

        var fetched = bulk.FolderOfAsync(batch, cancel).GetAwaiter().GetResult();
        return WireJson.Read<ScoredBatch>(File.ReadAllBytes(Path.Combine(fetched, BatchPublisher.FileName)));
    }

    /// <summary>
    /// Pictures and videos of each trace's prompt. A rollout worker has read them already, so they can be read here too
    /// unless this host lacks the file.
    /// </summary>
    private static IReadOnlyList<MediaPatches>[] Media(
        IReadOnlyList<Trace> traces, MediaStore? store, CancellationToken cancel)
    {
        if (store is null)
        {
            return [.. traces.Select(_ => Array.Empty<MediaPatches>())];
        }

        var loading = traces.Select(trace => store.LoadAsync(trace.Media, cancel));
        var loaded = Task.WhenAll(loading).GetAwaiter().GetResult();
        return [.. loaded.Select(results => results.Select(Patches).ToArray())];
    }

    private static MediaPatches Patches(MediaResult result) => result.Patches ?? throw new UserErrorException(
        $"{result}. A rollout worker could read it: give all hosts the same files at the same paths.");
}
