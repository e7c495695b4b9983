using System.Security.Cryptography;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Tracing;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Applies reinforcement updates on a thread of its own: fetches a batch with its pictures, makes one
/// <see cref="Policy.Training.ReinforceStep"/> of it, publishes the new weights, writes a checkpoint where asked. The
/// last update is not made again for a coordinator that did not hear of it. Where several learners make an update
/// together, all but the first do their share and hand nothing in.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where weights and batches come from and weights go.</param>
/// <param name="samplesHere">Whether workers of this process sample with the weights.</param>
/// <param name="through">What the exchanges with other ranks go through; null: nothing.</param>
internal sealed class LearnEngine(
    RunSettings settings,
    RunFolder folder,
    BulkHub bulk,
    bool samplesHere = true,
    Func<ICollective, ICollective>? through = null) : IWorkEngine
{
    private readonly TorchThread _thread = new("learner", settings.Learner.Threads);
    private readonly WeightsPublisher _weights = new(bulk, samplesHere);
    private readonly WriteClaim _claim = new(folder);
    private readonly ManagedMemory _memory = new();
    private readonly RankWork _ranks = new(bulk, new(settings.Learners, settings.Learner, through));
    private UpdateStart? _start;
    private LearnedUpdate? _last;
    private long _microBatches;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _microBatches) + bulk.Received;

    /// <inheritdoc/>
    public string? Direct => bulk.Address;

    /// <inheritdoc/>
    public TimeSpan Exchanging => _ranks.Exchanging;

    private LearnerState? State => _start?.State;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => item.Payload is SaveWork work
            ? SaveLast(item.Key, work, cancel)
            : Learn(item.Key, (LearnWork)item.Payload, cancel));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _thread.Run(() =>
        {
            _start?.Dispose();
            _ranks.Dispose();
        });
        _thread.Dispose();
        _weights.Dispose();
    }

    private WorkResult Learn(WorkKey key, LearnWork work, CancellationToken cancel) =>
        _ranks.Do(key, work, ranks => Learn(key, work, ranks, cancel), cancel);

    private WorkResult Learn(WorkKey key, LearnWork work, ICollective ranks, CancellationToken cancel)
    {
        var batch = Fetch(work.Batch, cancel).Traces;
        var isMade = State?.Version == work.Step && _last is { } last && last.IsOf(work.Step, batch)
            && (ranks.Rank > 0 || last.Result is not null);
        if (ranks.Gather([isMade ? 1 : 0]).All(made => made[0] == 1))
        {
            return _start!.Join(work.Step, source: 0, ranks) is { } lost
                ? new WeightsLost(lost)
                : Outcome(key, work, ranks);
        }

        _start ??= new UpdateStart(settings, folder, bulk, CountMicroBatch);
        if (_start.Prepare(work, ranks, cancel) is { } reason)
        {
            return new WeightsLost(reason);
        }

        var state = State!;
        var (shown, media, leftOut) = ShownTraces.Load(batch, state.Media, ranks, cancel);
        var pace = RankPace.Begin(ranks, state.Waited);
        var metrics = state.Update(
            shown,
            media,
            keepsCopy: ranks.Count > 1 && settings.Learners.KeepsCopy,
            replicates: ranks.Count > 1 && settings.Learners.Replicates);
        var figures = LearnFigures.From(metrics);
        pace.AddTo(figures, metrics.Policy.OwnTokens, state.Waited);
        var weights = Publish(work, state, ranks);
        var result = weights is null ? null : Result(weights, metrics, figures, leftOut);
        _last = new LearnedUpdate(work.Step, batch, result);
        return Outcome(key, work, ranks);
    }

    // The weights have the same bits on all ranks: under one name they outlive the rank that announces them. Of the
    // ranks of one process the first one serves them.
    private WeightsReference? Publish(LearnWork work, LearnerState state, ICollective ranks)
    {
        var mark = (int)ranks.Gather([RandomNumberGenerator.GetInt32(int.MaxValue)])[0][0];
        var places = work.Seat is { } seat ? seat.Members.DistinctBy(member => member.Address).ToList() : [];
        if (ranks.Count > 1 && !places.Contains(work.Seat!.Members[ranks.Rank]))
        {
            Checkpoint.HelpSave(state.Model);
            return null;
        }

        using var phase = TrainingPhases.Publish();
        var weights = _weights.Publish(work.Step, mark, state.Model, state.Tokenizer);
        var others = places.Where(place => place.Address != bulk.Address);
        return weights with
        {
            Blob = weights.Blob with
            {
                Copies =
                [
                    .. others.Select(other =>
                        new BlobCopy(BulkHub.UrlOf(other.Address, weights.Blob.Name), other.Node)),
                ],
            },
        };
    }

    private LearnResult Result(
        WeightsReference weights,
        ReinforceMetrics metrics,
        Dictionary<string, double> figures,
        IReadOnlyList<string> leftOut)
    {
        _memory.AddTo(figures);
        return new LearnResult(weights, null, figures)
        {
            SkippedFor = metrics.SkippedFor,
            LeftOut = leftOut,
        };
    }

    private LearnResult Outcome(WorkKey key, LearnWork work, ICollective ranks)
    {
        var checkpoint = work.Checkpoint ? SaveTogether(key, work.Step, ranks) : null;
        WaitForAll(ranks);
        return ranks.Rank == 0
            ? _last!.Result! with { Checkpoint = checkpoint }
            : throw new OperationCanceledException($"{key.Id}: rank {ranks.Rank} has done its share");
    }

    private WorkResult SaveLast(WorkKey key, SaveWork work, CancellationToken cancel) =>
        _ranks.Do(key, work, ranks => SaveLast(key, work, ranks), cancel);

    private WorkResult SaveLast(WorkKey key, SaveWork work, ICollective ranks)
    {
        double[] own = [State?.Version == work.Step ? 1 : 0, State is { IsWhole: true } ? 1 : 0];
        var all = ranks.Gather(own);
        var canSave = all[0] is [1, 1]
            || (all.All(one => one[0] == 1) && _start!.Join(work.Step, source: 0, ranks) is null);
        if (!canSave)
        {
            return new WeightsLost($"no learner, or not all that had a part of it, holds what update {work.Step} left");
        }

        var checkpoint = SaveTogether(key, work.Step, ranks);
        WaitForAll(ranks);
        return checkpoint is not null && ranks.Rank == 0
            ? new SaveResult(checkpoint)
            : throw new OperationCanceledException($"{key.Id}: rank {ranks.Rank} has done its share");
    }

    // Where each holds a part of the optimiser's state, all of them write the checkpoint; else the first one does.
    private string? SaveTogether(WorkKey key, int step, ICollective ranks) =>
        ranks.Rank == 0 || !State!.IsWhole ? Save(key, step) : null;

    // A rank that is lost while it publishes or saves is noticed at once, by those that have done so.
    private static void WaitForAll(ICollective ranks) => ranks.Gather([0]);

    private void CountMicroBatch() => Interlocked.Increment(ref _microBatches);

    private string Save(WorkKey key, int step)
    {
        using var phase = TrainingPhases.Checkpoint();
        var claimed = _claim.Claim(RunFolder.Checkpoint(step), key);
        State!.Save(folder.Absolute(claimed));
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
