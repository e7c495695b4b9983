using System.Collections.Concurrent;
using System.Globalization;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tokenization;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// A reward model on a thread of its own. Requests run together: one that comes while others run joins their batch.
/// </summary>
internal sealed class GrmEngine : IDisposable
{
    private readonly BlockingCollection<Job> _queue = [];
    private readonly Dictionary<string, Job> _running = [];
    private readonly TaskCompletionSource<JudgeModel> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private long _number;

    private GrmEngine(JudgeModelOptions options)
    {
        _thread = new Thread(() => Work(options)) { IsBackground = true, Name = "grm" };
        _thread.Start();
    }

    /// <summary>The model's vocabulary, for decoding only.</summary>
    public Tokenizer Tokenizer => Model.Tokenizer;

    // Its weights belong to the engine's thread.
    private JudgeModel Model { get; set; } = null!;

    /// <summary>Loads a model.</summary>
    /// <exception cref="UserErrorException">The folder is no model, or the device is not there.</exception>
    public static async Task<GrmEngine> StartAsync(JudgeModelOptions options)
    {
        var engine = new GrmEngine(options);
        engine.Model = await engine._loaded.Task;
        return engine;
    }

    /// <summary>Samples the replies to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="onToken">Called on the engine's thread with each token; null: nobody listens.</param>
    /// <returns>The replies, in sample order.</returns>
    /// <exception cref="RefusedException">The prompt is too long, shows something to a model that reads text, or shows what is no picture.</exception>
    public async Task<IReadOnlyList<Trace>> AnswerAsync(GrmRequest request, long seed, Action<SampledToken>? onToken)
    {
        if (!Model.Sees && request.Messages.Any(message => message.Media.Any()))
        {
            throw new RefusedException(400, "this model reads text; the request shows a picture");
        }

        // Pictures are prepared here, so that replies that run do not wait for them.
        var prompt = await PromptAsync(request).ConfigureAwait(false);
        var job = new Job($"request-{Interlocked.Increment(ref _number)}", request, prompt, seed, onToken);
        _queue.Add(job);
        return await job.Result.Task.ConfigureAwait(false);
    }

    /// <summary>Finishes what runs and frees the model.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private async Task<EncodedPrompt> PromptAsync(GrmRequest request)
    {
        try
        {
            var prompt = await Model.Encoder.EncodeAsync(request.Messages).ConfigureAwait(false);
            return prompt.Problem is { } problem ? throw new RefusedException(400, problem) : prompt;
        }
        catch (UserErrorException wrong)
        {
            throw new RefusedException(400, wrong.Message);
        }
    }

    private void Work(JudgeModelOptions options)
    {
        JudgeModel model;
        try
        {
            model = new JudgeModel(options);
        }
        catch (Exception error)
        {
            _loaded.SetException(error);
            return;
        }

        using (model)
        {
            _loaded.SetResult(model);
            while (TakeIn(model))
            {
                Step(model.Engine);
            }
        }
    }

    /// <summary>Takes in what has come, waiting only when nothing runs; false at the end.</summary>
    private bool TakeIn(JudgeModel model)
    {
        while (_queue.TryTake(out var job, _running.Count == 0 ? Timeout.Infinite : 0))
        {
            Begin(model, job);
        }

        return _running.Count > 0 || !_queue.IsCompleted;
    }

    private void Begin(JudgeModel model, Job job)
    {
        try
        {
            model.Engine.Add(new GenerationRequest
            {
                Id = job.Id,
                Pair = new PairId(job.Id),
                PromptTokens = job.Prompt.Tokens,
                Media = job.Prompt.Media,
                Patches = job.Prompt.Patches,
                Samples = job.Request.Samples,
                Seed = job.Seed,
                Sampling = job.Request.Sampling,
                OnToken = job.OnToken,
                TopLogProbs = job.Request.TopLogProbs,
            });
            _running.Add(job.Id, job);
        }
        catch (Exception error)
        {
            job.Result.TrySetException(error is UserErrorException wrong ? new RefusedException(400, wrong.Message) : error);
        }
    }

    private void Step(GenerationEngine engine)
    {
        try
        {
            engine.Step(Finish);
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"{_running.Count} requests failed: {error.Message.Split('\n')[0]}");
            engine.Clear();
            foreach (var job in _running.Values)
            {
                job.Result.TrySetException(error is UserErrorException wrong ? new RefusedException(503, wrong.Message) : error);
            }

            _running.Clear();
        }
    }

    private void Finish(Trace trace)
    {
        var slash = trace.Id.LastIndexOf('/');
        var job = _running[trace.Id[..slash]];
        job.Traces.Add(int.Parse(trace.Id.AsSpan(slash + 1), CultureInfo.InvariantCulture), trace);
        if (job.Traces.Count == job.Request.Samples)
        {
            _running.Remove(job.Id);
            job.Result.TrySetResult([.. job.Traces.Values]);
        }
    }

    private sealed record Job(string Id, GrmRequest Request, EncodedPrompt Prompt, long Seed, Action<SampledToken>? OnToken)
    {
        public SortedList<int, Trace> Traces { get; } = [];

        public TaskCompletionSource<IReadOnlyList<Trace>> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
