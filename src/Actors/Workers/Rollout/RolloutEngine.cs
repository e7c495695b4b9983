using System.Collections.Concurrent;
using System.Globalization;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Prompts;
using R1Reward.Data.Traces;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using Serilog;

namespace R1Reward.Actors.Workers.Rollout;

/// <summary>
/// Samples traces on a thread of its own. Items of the same weights run together and join while others run; an item of
/// other weights waits until those are done, and the weights are exchanged between.
/// </summary>
public sealed class RolloutEngine : IWorkEngine
{
    // Pictures that wait for room in the cache are large: further ones are not prepared yet.
    private const long PatchesAhead = 512 << 20;

    private readonly RunSettings _settings;
    private readonly BlockingCollection<Job> _queue = [];
    private readonly Queue<Job> _waiting = [];
    private readonly Dictionary<string, Job> _running = [];
    private readonly PolicyHolder _policy;
    private readonly Thread _thread;
    private GenerationEngine? _engine;
    private SamplingOptions _sampling;

    /// <summary>Starts the engine; it loads weights with the first item.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="bulk">Where weights come from.</param>
    /// <param name="deviceOffset">Number of this worker within its process: the device after as many others.</param>
    public RolloutEngine(RunSettings settings, BulkHub bulk, int deviceOffset)
    {
        (_settings, _sampling) = (settings, settings.Rollout.Sampling);
        _policy = new PolicyHolder(settings.Model, settings.Rollout.Device, deviceOffset, bulk);
        _thread = new Thread(Work) { IsBackground = true, Name = $"rollout-{deviceOffset}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public int Capacity => _settings.Rollout.MaxSequences;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var job = new Job(item.Key.Id.ToString(), (RolloutWork)item.Payload, cancel);

        // Decoded while the engine works on others; what is wrong with it comes out when the item's turn comes.
        _ = _policy.Media?.LoadAsync(job.Work.Pair.Media, cancel);
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
        while (TakeIn())
        {
            Admit();
            if (_running.Count > 0)
            {
                Step();
            }
        }

        _engine?.Dispose();
        _policy.Dispose();
    }

    /// <summary>Takes in what has come, waiting only when there is nothing else to do; false at the end.</summary>
    private bool TakeIn()
    {
        if (_running.Count == 0 && _waiting.Count == 0)
        {
            if (!_queue.TryTake(out var first, Timeout.Infinite))
            {
                return false;
            }

            _waiting.Enqueue(first);
        }

        while (_queue.TryTake(out var next))
        {
            _waiting.Enqueue(next);
        }

        return true;
    }

    private void Admit()
    {
        while (_waiting.TryPeek(out var job) && (_engine?.WaitingPatchBytes ?? 0) < PatchesAhead)
        {
            var loaded = _policy.Holds(job.Work.Weights);
            if (!loaded && _running.Count > 0)
            {
                return;
            }

            _waiting.Dequeue();
            try
            {
                job.Cancel.ThrowIfCancellationRequested();
                if (!loaded)
                {
                    Exchange(job);
                }

                Begin(job);
            }
            catch (IOException error)
            {
                job.Result.TrySetResult(new WeightsLost(error.Message));
            }
            catch (Exception error)
            {
                job.Result.TrySetException(error);
            }
        }
    }

    private void Exchange(Job job)
    {
        if (_policy.Load(job.Work.Weights, job.Cancel))
        {
            _engine?.Dispose();
            var (proposed, used) = (_policy.Model.Config.Generation, _settings.Rollout.CheckpointDefaults);
            Log.Information("for generation the checkpoint proposes {Proposed}; rollout.checkpoint-defaults is {Used}", proposed.ToString(), used ? "on" : "off");
            _sampling = used ? _settings.Rollout.Sampling.With(proposed) : _settings.Rollout.Sampling;
            _engine = new GenerationEngine(_policy.Model, _policy.Tokenizer, new GenerationEngineOptions { MaxSequences = _settings.Rollout.MaxSequences, CacheBytes = _settings.Rollout.CacheBytes });
        }

        _engine!.Version = job.Work.Weights.Version;
    }

    private void Begin(Job job)
    {
        var prompt = new PromptEncoder(_policy.Tokenizer, PromptTemplate.Of(_settings.Model.Template), _settings.Model.UntrustedText, _policy.Media, _policy.Model.Config.LongestPrompt).Encode(job.Work.Pair, job.Cancel);
        if (prompt.Problem is { } problem)
        {
            job.Result.TrySetResult(new RolloutLeftOut(problem));
            return;
        }

        _engine!.Add(new GenerationRequest
        {
            Id = job.Id,
            Pair = job.Work.Pair.Id,
            PromptTokens = prompt.Tokens,
            Media = prompt.Media,
            Patches = prompt.Patches,
            Samples = job.Work.Samples,
            Seed = job.Work.Seed,
            Sampling = job.Work.Evaluation
                ? new SamplingOptions { MaxNewTokens = _settings.Rollout.Sampling.MaxNewTokens, Temperature = _settings.Eval.Temperature }
                : _sampling,
        });
        _running.Add(job.Id, job);
    }

    private void Step()
    {
        try
        {
            if (_running.Values.All(job => job.Cancel.IsCancellationRequested))
            {
                throw new OperationCanceledException();
            }

            _engine!.Step(Finish);
        }
        catch (Exception error)
        {
            _engine!.Clear();
            foreach (var job in _running.Values)
            {
                job.Result.TrySetException(error);
            }

            _running.Clear();
        }
    }

    private void Finish(Trace trace)
    {
        var slash = trace.Id.LastIndexOf('/');
        var job = _running[trace.Id[..slash]];
        job.Traces.Add(int.Parse(trace.Id.AsSpan(slash + 1), CultureInfo.InvariantCulture), trace);
        if (job.Traces.Count == job.Work.Samples)
        {
            _running.Remove(job.Id);
            job.Result.TrySetResult(new RolloutResult([.. job.Traces.Values]));
        }
    }

    private sealed record Job(string Id, RolloutWork Work, CancellationToken Cancel)
    {
        public SortedList<int, Trace> Traces { get; } = [];

        public TaskCompletionSource<WorkResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
