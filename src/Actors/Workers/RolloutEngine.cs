using System.Collections.Concurrent;
using System.Collections.Immutable;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;

namespace R1Reward.Actors.Workers;

/// <summary>
/// Samples traces on a thread of its own. Items of the same weights run together and join while others run; an item of
/// other weights waits until those are done, and the weights are exchanged between.
/// </summary>
public sealed class RolloutEngine : IWorkEngine
{
    private readonly RunSettings _settings;
    private readonly BulkHub _bulk;
    private readonly int _deviceOffset;
    private readonly BlockingCollection<Job> _queue = [];
    private readonly Thread _thread;

    /// <summary>Starts the engine; it loads weights with the first item.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="bulk">Where weights come from.</param>
    /// <param name="deviceOffset">Number of this worker within its process: the device after as many others.</param>
    public RolloutEngine(RunSettings settings, BulkHub bulk, int deviceOffset)
    {
        (_settings, _bulk, _deviceOffset) = (settings, bulk, deviceOffset);
        _thread = new Thread(Work) { IsBackground = true, Name = $"rollout-{deviceOffset}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public int Capacity => _settings.Rollout.MaxSequences;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var job = new Job(item.Key.Id, (RolloutWork)item.Payload, cancel);
        _queue.Add(job, CancellationToken.None);
        return job.Result.Task;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        return new ValueTask(Task.Run(_thread.Join));
    }

    private void Work()
    {
        using var policy = new PolicyHolder(_settings.Rollout.Device, _deviceOffset, _bulk);
        GenerationEngine? engine = null;
        var running = new Dictionary<string, Job>();
        foreach (var next in _queue.GetConsumingEnumerable())
        {
            for (var waiting = next; waiting is not null;)
            {
                if (running.Count == 0 && policy.Version != waiting.Work.Weights.Version)
                {
                    engine = Exchange(policy, engine, waiting);
                }

                // Same weights: it joins. Others: it waits for the sequences in flight.
                if (engine is null || policy.Version == waiting.Work.Weights.Version)
                {
                    Begin(engine, policy, running, waiting);
                    waiting = null;
                }

                while (running.Count > 0 && (waiting is not null || !_queue.TryTake(out waiting)))
                {
                    Step(engine!, running);
                    if (waiting is not null && policy.Version == waiting.Work.Weights.Version)
                    {
                        break;
                    }
                }
            }
        }

        engine?.Dispose();
    }

    private GenerationEngine? Exchange(PolicyHolder policy, GenerationEngine? engine, Job job)
    {
        try
        {
            var created = policy.Load(job.Work.Weights, job.Cancel);
            if (engine is null || created)
            {
                engine?.Dispose();
                engine = new GenerationEngine(policy.Model, policy.Tokenizer, new GenerationEngineOptions { MaxSequences = _settings.Rollout.MaxSequences });
            }

            engine.Version = job.Work.Weights.Version;
            return engine;
        }
        catch (Exception error)
        {
            job.Result.TrySetException(error);
            return engine;
        }
    }

    private void Begin(GenerationEngine? engine, PolicyHolder policy, Dictionary<string, Job> running, Job job)
    {
        if (job.Result.Task.IsCompleted || job.Cancel.IsCancellationRequested)
        {
            job.Result.TrySetCanceled();
            return;
        }

        try
        {
            var prompt = ChatTemplate.Render(policy.Tokenizer, PromptTemplate.Of(_settings.Model.Template).Render(job.Work.Pair));
            var sampling = job.Work.Evaluation
                ? new SamplingOptions { MaxNewTokens = _settings.Rollout.Sampling.MaxNewTokens, Temperature = _settings.Eval.Temperature }
                : _settings.Rollout.Sampling;
            engine!.Add(new GenerationRequest
            {
                Id = job.Id,
                Pair = job.Work.Pair.Id,
                PromptTokens = [.. prompt],
                Samples = job.Work.Samples,
                Seed = job.Work.Seed,
                Sampling = sampling,
            });
            running.Add(job.Id, job);
        }
        catch (Exception error)
        {
            job.Result.TrySetException(error);
        }
    }

    private static void Step(GenerationEngine engine, Dictionary<string, Job> running)
    {
        try
        {
            if (running.Values.All(job => job.Cancel.IsCancellationRequested))
            {
                throw new OperationCanceledException();
            }

            engine.Step(trace =>
            {
                var id = trace.Id[..trace.Id.LastIndexOf('/')];
                var job = running[id];
                job.Traces.Add(trace);
                if (job.Traces.Count == job.Work.Samples)
                {
                    running.Remove(id);
                    job.Result.TrySetResult(new RolloutResult([.. job.Traces.OrderBy(sample => int.Parse(sample.Id[(id.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture))]));
                }
            });
        }
        catch (Exception error)
        {
            engine.Clear();
            foreach (var job in running.Values)
            {
                job.Result.TrySetException(error);
            }

            running.Clear();
        }
    }

    private sealed record Job(string Id, RolloutWork Work, CancellationToken Cancel)
    {
        public List<Trace> Traces { get; } = [];

        public TaskCompletionSource<WorkResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
