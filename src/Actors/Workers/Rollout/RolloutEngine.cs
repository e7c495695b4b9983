using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Actors.Workers.Rollout;

/// <summary>
/// Samples traces on a thread of its own. Items of the same weights run together and join while others run; an item of
/// other weights waits until those are done, and the weights are exchanged between.
/// </summary>
internal sealed class RolloutEngine : IWorkEngine
{
    private readonly RunSettings _settings;
    private readonly BulkHub _bulk;
    private readonly RolloutPolicy _policy;
    private readonly GenerationThread<WeightsReference> _thread;

    /// <summary>Starts the engine; it loads weights with the first item.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="bulk">Where weights come from.</param>
    /// <param name="deviceOffset">
    /// Number of this worker within its process, from 0: added to the configured CUDA index.
    /// </param>
    public RolloutEngine(RunSettings settings, BulkHub bulk, int deviceOffset)
    {
        _settings = settings;
        _bulk = bulk;
        _policy = new RolloutPolicy(settings, bulk, deviceOffset);
        _thread = new GenerationThread<WeightsReference>(
            $"rollout-{deviceOffset}",
            _policy,
            Capacity,
            settings.Rollout.Device.Threads);
    }

    /// <inheritdoc/>
    public int Capacity => _settings.Rollout.MaxSequences;

    /// <inheritdoc/>
    public long Progress => _thread.Turns + _bulk.Received;

    /// <inheritdoc/>
    public async Task<WorkResult> DoAsync(
        Assignment item,
        Action<int, IReadOnlyDictionary<string, double>> progress,
        CancellationToken cancel)
    {
        var work = (RolloutWork)item.Payload;

        // Decoded while the engine works on others; what is wrong with it comes out when the item's turn comes.
        _ = _policy.Media?.LoadAsync(work.Pair.AllMedia(), cancel);
        string? problem = null;
        try
        {
            var traces = await _thread.GenerateAsync(work.Weights, Prepare, cancel).ConfigureAwait(false);
            return problem is null ? new RolloutResult([.. traces]) : new RolloutLeftOut(problem);
        }
        catch (IOException error)
        {
            return new WeightsLost(error.Message);
        }

        GenerationRequest? Prepare(GenerationEngine engine)
        {
            var prompt = _policy.Encoder.Encode(work.Pair, cancel);
            problem = prompt.Problem;
            return problem is not null ? null : new GenerationRequest
            {
                Id = item.Key.Id.ToString(),
                Pair = work.Pair.Id,
                PromptTokens = prompt.Tokens,
                Media = prompt.Media,
                Features = prompt.Features,
                Samples = work.Samples,
                Seed = work.Seed,
                Sampling = work.Evaluation ? EvaluationSampling : _policy.Sampling,
            };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Task.Run(_thread.Dispose));

    private SamplingOptions EvaluationSampling => new()
    {
        MaxNewTokens = _settings.Rollout.Sampling.MaxNewTokens,
        Temperature = _settings.Eval.Temperature,
    };
}
