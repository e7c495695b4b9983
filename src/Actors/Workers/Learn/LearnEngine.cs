using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Devices;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Applies reinforcement updates on a thread of its own: fetches a batch with its pictures, makes one
/// <see cref="Policy.Training.ReinforceStep"/> of it, publishes the new weights, writes a checkpoint where asked. The
/// last update is not made again for a coordinator that did not hear of it.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where weights and batches come from and weights go.</param>
internal sealed class LearnEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("learner", settings.Learner.Threads);
    private readonly WeightsPublisher _weights = new(bulk);
    private readonly WriteClaim _claim = new(folder);
    private readonly ManagedMemory _memory = new();
    private LearnerState? _state;
    private LearnedUpdate? _last;
    private long _microBatches;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _microBatches) + bulk.Received;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => item.Payload is SaveWork work
            ? SaveLast(item.Key, work)
            : Learn(item.Key, (LearnWork)item.Payload, cancel));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _thread.Run(() => _state?.Dispose());
        _thread.Dispose();
        _weights.Dispose();
    }

    private WorkResult Learn(WorkKey key, LearnWork work, CancellationToken cancel)
    {
        var batch = Fetch(work.Batch, cancel).Traces;
        if (_last is { } last && last.IsOf(work.Step, batch))
        {
            return last.Result with { Checkpoint = SaveIfAsked(key, work) };
        }

        try
        {
            if (_state?.Version != work.Step - 1)
            {
                _state?.Dispose();
                _state = LearnerLoader.Load(settings, folder, bulk, work, CountMicroBatch, cancel);
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

        var (shown, media, leftOut) = ShownTraces.Load(batch, _state.Media, cancel);
        var metrics = _state.Step.Run(shown, media);
        _state.Version = work.Step;
        var weights = _weights.Publish(work.Step, _state.Model, _state.Tokenizer);
        var figures = LearnFigures.From(metrics);
        _memory.AddTo(figures);
        var result = new LearnResult(weights, null, figures)
        {
            SkippedFor = metrics.SkippedFor,
            LeftOut = leftOut,
        };
        _last = new LearnedUpdate(work.Step, batch, result);
        return result with { Checkpoint = SaveIfAsked(key, work) };
    }

    private WorkResult SaveLast(WorkKey key, SaveWork work) => _state?.Version == work.Step
        ? new SaveResult(Save(key, work.Step))
        : new WeightsLost($"no learner holds the weights after update {work.Step}");

    private void CountMicroBatch() => Interlocked.Increment(ref _microBatches);

    private string? SaveIfAsked(WorkKey key, LearnWork work) => work.Checkpoint ? Save(key, work.Step) : null;

    private string Save(WorkKey key, int step)
    {
        var claimed = _claim.Claim(RunFolder.Checkpoint(step), key);
        _state!.Save(folder.Absolute(claimed));
        return claimed;
    }

    private ScoredBatch Fetch(BlobReference batch, CancellationToken cancel)
    {
        if (bulk.Shared<ScoredBatch>(batch.Name) is { } shared)
        {
            return shared;
        }

        try
        {
            var fetched = bulk.FolderOfAsync(batch, cancel).GetAwaiter().GetResult();
            return WireJson.Read<ScoredBatch>(File.ReadAllBytes(Path.Combine(fetched, BatchPublisher.FileName)));
        }
        catch (IOException failure)
        {
            // The coordinator that has the batch is gone, and whoever follows it gives the update out again.
            throw new OperationCanceledException(failure.Message, failure);
        }
    }
}
