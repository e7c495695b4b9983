using System.Collections.Immutable;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Applies reinforcement updates on a thread of its own: reference log-probabilities, advantages over the whole batch,
/// the update, new weights for the others, a checkpoint now and then.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where weights and batches come from and weights go.</param>
public sealed class LearnEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("learner", settings.Learner.Threads);
    private readonly WeightsPublisher _weights = new(bulk);
    private LearnerState? _state;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
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
                _state = LearnerState.Restore(settings, folder, bulk, work, cancel);
            }
        }
        catch (IOException gone)
        {
            return new WeightsLost(gone.Message);
        }

        if (_state is null)
        {
            return new WeightsLost($"no learner holds the weights after update {work.Step - 1}, and no checkpoint does");
        }

        var batch = Fetch(work.Batch, cancel);
        var (update, figures) = Advantages(batch, _state, cancel);
        var metrics = _state.Learner.Update(update, _state.Kl.Coefficient);
        _state.Version = work.Step;
        _state.Kl.Update(figures["kl"], batch.Traces.Count);
        var checkpoint = work.Checkpoint ? RunFolder.Checkpoint(work.Step) : null;
        if (checkpoint is not null)
        {
            _state.Save(folder.Absolute(checkpoint));
            OldCheckpoints.Remove(folder.Checkpoints, settings.Checkpoints.Keep);
        }

        return new LearnResult(_weights.Publish(work.Step, _state.Model, _state.Tokenizer), checkpoint, Figures(metrics, figures));
    }

    private (List<Experience> Update, Dictionary<string, double> Figures) Advantages(ScoredBatch batch, LearnerState state, CancellationToken cancel)
    {
        var traces = batch.Traces.Select(scored => scored.Trace).ToList();
        var media = Media(traces, state, cancel);
        var reference = state.HasReference ? state.Learner.ReferenceLogProbs(traces, media) : null;
        TrainingRow[] rows = state.Critic is null ? [] : [.. traces.Select((trace, i) => TrainingRow.Reply(trace.PromptTokens.AsSpan(), trace.Tokens.AsSpan(), media[i]))];
        var values = state.Critic?.Values(rows);
        var computed = state.Advantages.Compute(
            [.. batch.Traces.Select((scored, i) => new SampleScore
            {
                Id = scored.Trace.Id,
                Group = scored.Group.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Reward = scored.Reward,
                Terms = scored.Terms.ToArray(),
                Truncated = scored.Trace.Finish == FinishReason.Length,
                LogProbs = scored.Trace.LogProbs.AsMemory(),
                ReferenceLogProbs = (reference?[i] ?? scored.Trace.LogProbs).AsMemory(),
                Values = values?[i].AsMemory() ?? default,
            })],
            settings.Rl.Objective.NeedsReference ? 0 : state.Kl.Coefficient);
        var update = traces.Select((trace, i) => new Experience
        {
            PromptTokens = trace.PromptTokens,
            Media = media[i],
            ResponseTokens = trace.Tokens,
            OldLogProbs = trace.LogProbs,
            Advantages = ImmutableArray.Create(computed.Samples[i].ToSingle()),
            ReferenceLogProbs = settings.Rl.Objective.NeedsReference ? reference![i] : [],
        }).Where((_, i) => !computed.Samples[i].Dropped).ToList();
        var figures = new Dictionary<string, double>
        {
            ["kl"] = computed.Stats.Kl,
            ["kl-coefficient"] = state.Kl.Coefficient,
            ["advantage-mean"] = computed.Stats.Mean,
            ["advantage-deviation"] = computed.Stats.Deviation,
            ["filtered-share"] = computed.Stats.FilteredShare,
            ["dropped-share"] = computed.Stats.DroppedShare,
        };
        if (state.Critic is { } critic)
        {
            int[] learned = [.. Enumerable.Range(0, traces.Count).Where(i => !computed.Samples[i].Dropped)];
            figures["value-mean"] = values!.SelectMany(row => row).DefaultIfEmpty().Average();
            figures["value-loss"] = critic.Update(
                [.. learned.Select(i => rows[i])], [.. learned.Select(i => values![i])],
                [.. learned.Select(i => ImmutableArray.Create(Array.ConvertAll(computed.Samples[i].Returns, value => (float)value)))]);
        }

        return (update, figures);
    }

    /// <summary>What each trace's prompt shows: the rollout worker has read it already, so that it can be read here too.</summary>
    private static IReadOnlyList<MediaPatches>[] Media(IReadOnlyList<Trace> traces, LearnerState state, CancellationToken cancel)
    {
        var loaded = Task.WhenAll(traces.Select(trace => state.Media?.LoadAsync(trace.Media, cancel) ?? Task.FromResult<IReadOnlyList<MediaResult>>([]))).GetAwaiter().GetResult();
        return [.. loaded.Select(results => results.Select(result => result.Patches ?? throw new UserErrorException(
            $"{result}. A rollout worker could read it: give all hosts the same files at the same paths.")).ToArray())];
    }

    private ScoredBatch Fetch(BlobReference batch, CancellationToken cancel) =>
        bulk.Shared<ScoredBatch>(batch.Name)
        ?? WireJson.Read<ScoredBatch>(File.ReadAllBytes(Path.Combine(bulk.FolderOfAsync(batch, cancel).GetAwaiter().GetResult(), BatchPublisher.FileName)));

    private static Dictionary<string, double> Figures(PolicyMetrics metrics, Dictionary<string, double> advantages) => new(advantages)
    {
        ["loss"] = metrics.Loss,
        ["loss-largest"] = metrics.LargestLoss,
        ["grad-norm"] = metrics.GradientNorm,
        ["grad-norm-largest"] = metrics.LargestGradientNorm,
        ["non-finite-steps"] = metrics.NonFiniteSteps,
        ["learning-rate"] = metrics.LearningRate,
        ["ratio-mean"] = metrics.MeanRatio,
        ["ratio-largest"] = metrics.LargestRatio,
        ["log-ratio-largest"] = metrics.LargestLogRatio,
        ["clip-share"] = metrics.ClipShare,
        ["pre-clip-share"] = metrics.PreClipShare,
        ["entropy"] = metrics.Entropy,
        ["learn-seconds"] = metrics.Elapsed.TotalSeconds,
        // Both stay flat over a run; a leak shows here first.
        ["live-tensors"] = TorchSharp.torch.Tensor.TotalCount,
        ["resident-mib"] = Environment.WorkingSet / 1048576.0,
    };
}
