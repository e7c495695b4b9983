using System.Runtime.InteropServices;
using R1Reward.Data;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout;

/// <summary>
/// Samples traces from a policy with continuous batching. A step either computes the prompts of newly admitted requests
/// or one more token of every running sequence, and hands over each trace as it finishes. Use it from one thread.
/// </summary>
/// <remarks>
/// The weights are the model's own: replace them, then set <see cref="Version"/>, while nothing is in flight.
/// </remarks>
public sealed class GenerationEngine : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly GenerationEngineOptions _options;
    private readonly Scheduler _scheduler;
    private readonly ModelRunner _runner;
    private readonly TokenSampler _sampler;
    private readonly HashSet<int> _stopTokens;
    private PolicyVersion _version;

    /// <summary>An engine over a model; the KV cache grows with the sequences.</summary>
    /// <param name="model">The policy. Its weights are shared, not copied.</param>
    /// <param name="tokenizer">The policy's tokenizer.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="UserErrorException">An option is out of range.</exception>
    public GenerationEngine(CausalLM model, Tokenizer tokenizer, GenerationEngineOptions options)
    {
        options.Validate();
        _tokenizer = tokenizer;
        _options = options with { MaxLength = Math.Min(options.MaxLength, model.Config.Context) };
        var cacheTokens = options.CacheBytes / KvCache.BytesOfOneToken(model.Config, model.Dtype);
        _scheduler = new Scheduler(options.MaxSequences, options.MaxPrefillTokens, cacheTokens);
        _runner = new ModelRunner(model, options.MaxSequences, cacheTokens);
        _sampler = new TokenSampler(model.Config.VocabularySize, model.Config.PlaceholderTokens);
        _stopTokens = new HashSet<int>([.. tokenizer.StopIds, .. model.Config.Generation.StopTokens]);
    }

    /// <summary>The weights that are in the model, written on every trace.</summary>
    /// <exception cref="InvalidOperationException">
    /// Set while sequences run or wait: a trace comes from one version.
    /// </exception>
    public PolicyVersion Version
    {
        get => _version;
        set
        {
            if (HasWork)
            {
                throw new InvalidOperationException(
                    $"The policy became {value} while {_scheduler.Running.Count} sequences of {_version} run.");
            }

            _version = value;
        }
    }

    /// <summary>Whether anything runs or waits.</summary>
    public bool HasWork => _scheduler.HasWork;

    /// <summary>Bytes of the pictures and videos of requests that wait.</summary>
    public long WaitingPatchBytes => _scheduler.WaitingPatchBytes;

    /// <summary>Bytes allocated for the KV cache now.</summary>
    public long CacheBytes => _runner.CacheBytes;

    /// <summary>Samples every request and returns when all traces have been handed over.</summary>
    /// <param name="requests">What to sample.</param>
    /// <param name="onFinished">Called on this thread as each trace finishes, in the order of finishing.</param>
    /// <param name="cancellationToken">Looked at between steps; what runs is then dropped.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="UserErrorException">
    /// A prompt leaves no room for a token, or there is no memory for the KV cache.
    /// </exception>
    public void Generate(
        IEnumerable<GenerationRequest> requests,
        Action<Trace> onFinished,
        CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var request in requests)
            {
                Add(request);
            }

            do
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (Step(onFinished));
        }
        catch
        {
            Clear();
            throw;
        }
    }

    /// <summary>Throws where a request cannot be sampled by this engine.</summary>
    /// <exception cref="UserErrorException">
    /// The prompt leaves no room for a token, or a sampling option is out of range.
    /// </exception>
    public void Validate(GenerationRequest request)
    {
        request.Sampling.Validate();
        var tokens = request.PromptTokens.Length;
        if (tokens == 0 || tokens >= _options.MaxLength)
        {
            throw new UserErrorException(
                $"Rollout: the prompt of {request.Id} has {tokens} tokens; between 1 and {_options.MaxLength - 1} fit "
                + $"(prompt and reply together may have {_options.MaxLength}).");
        }
    }

    /// <summary>Puts a request in the queue, also while others run.</summary>
    /// <exception cref="UserErrorException">
    /// The prompt leaves no room for a token, or a sampling option is out of range.
    /// </exception>
    public void Add(GenerationRequest request)
    {
        Validate(request);

        // Patches are large and needed once: they go with the group, which ends when its prompt has been computed.
        var kept = request with { Patches = [] };
        var sequences = Enumerable.Range(0, request.Samples)
            .Select(sample => new Sequence(kept, sample, _options.MaxLength, _tokenizer, _stopTokens));
        _scheduler.Add(new SequenceGroup(request.PromptTokens, [.. sequences]) { Patches = request.Patches });
    }

    /// <summary>One forward pass and one token for each sequence in it.</summary>
    /// <param name="onFinished">Called for each trace that this step finishes.</param>
    /// <returns>Whether anything is left to do.</returns>
    /// <exception cref="UserErrorException">There is no memory for the KV cache.</exception>
    public bool Step(Action<Trace> onFinished)
    {
        if (_scheduler.Admit() is { Count: > 0 } admitted)
        {
            _runner.Reserve(_scheduler.Running.Count, _scheduler.Length);
            using var logitsGV = _runner.Prefill(admitted);
            Sample(
                admitted.SelectMany((group, index) => group.Sequences.Select(sequence => (sequence, index))),
                logitsGV);
        }
        else if (_scheduler.Running is { Count: > 0 } running)
        {
            using var logitsRV = _runner.Decode(running);
            Sample(running.Select((sequence, index) => (sequence, index)), logitsRV);
        }

        var finished = _scheduler.Retire();
        _runner.Release(finished.Select(retired => retired.Row));
        _runner.CheckAccounting(_scheduler.Running);
        foreach (var (sequence, _) in finished)
        {
            onFinished(sequence.ToTrace(_version));
        }

        return HasWork;
    }

    /// <summary>Drops a request, running or waiting; the others go on as if it had never been there.</summary>
    public void Cancel(string request)
    {
        var dropped = _scheduler.Remove(request);
        _runner.Release(dropped.Select(taken => taken.Row));
        _runner.CheckAccounting(_scheduler.Running);
    }

    /// <summary>Drops everything that runs or waits.</summary>
    public void Clear()
    {
        _scheduler.Clear();
        _runner.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();

    private void Sample(IEnumerable<(Sequence Sequence, int Index)> rows, Tensor logitsNV)
    {
        var logits = MemoryMarshal.Cast<byte, float>(logitsNV.bytes);
        var size = _sampler.VocabularySize;
        foreach (var (sequence, index) in rows)
        {
            var row = logits.Slice(index * size, size);
            var drawn = _sampler.Sample(
                row, sequence.Sampling, sequence.Seen, sequence.NextUniform(), sequence.ForbiddenStopTokens);
            sequence.Append(drawn);
            sequence.Stream(drawn.Token, drawn.LogProb, row);
        }
    }
}
