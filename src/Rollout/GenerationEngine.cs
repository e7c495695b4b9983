using R1Reward.Data;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Rollout;

/// <summary>
/// Samples traces from a policy with continuous batching. A step computes one more token of every running sequence and
/// some of the prompts that wait, and hands over each trace as it finishes. On the CPU the sequences are decoded in
/// parts, on threads of the engine's own. Use it from one thread.
/// </summary>
/// <remarks>
/// The weights are the model's own: replace them, then set <see cref="Version"/>, while nothing is in flight.
/// </remarks>
public sealed class GenerationEngine : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly GenerationEngineOptions _options;
    private readonly WaitingGroups _waiting = new();
    private readonly EngineParts _parts;
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
        _parts = new EngineParts(model, _options, cacheTokens);
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
                    $"The policy became {value} while sequences of {_version} run.");
            }

            _version = value;
            foreach (var part in _parts.All)
            {
                part.ForgetPrompts();
            }
        }
    }

    /// <summary>Whether anything runs or waits.</summary>
    public bool HasWork => _waiting.Count > 0 || _parts.All.Any(part => part.HasWork);

    /// <summary>In how many parts the sequences are decoded.</summary>
    public int Parts => _parts.All.Count;

    /// <summary>Bytes of the pictures and videos of requests that wait.</summary>
    public long WaitingPatchBytes =>
        _waiting.PatchBytes + _parts.All.Sum(part => part.WaitingPatchBytes);

    /// <summary>Bytes allocated for the KV cache now, without those of prompts that are being computed.</summary>
    public long CacheBytes => _parts.All.Sum(part => part.CacheBytes);

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

        // Features are large and needed once: they go with the group, which ends when its prompt has been computed.
        var kept = request with { Features = [] };
        var sequences = Enumerable.Range(0, request.Samples)
            .Select(sample => new Sequence(kept, sample, _options.MaxLength, _tokenizer, _stopTokens));
        _waiting.Add(new SequenceGroup(request.PromptTokens, [.. sequences]) { Features = request.Features });
    }

    /// <summary>
    /// At least one forward pass of a part, and one token for each sequence in it; other parts may be in the middle of
    /// theirs when this returns.
    /// </summary>
    /// <param name="onFinished">Called for each trace that this step finishes.</param>
    /// <returns>Whether anything is left to do.</returns>
    /// <exception cref="UserErrorException">There is no memory for the KV cache.</exception>
    public bool Step(Action<Trace> onFinished)
    {
        int[] loads = [.. _parts.All.Select(part => part.Load)];
        foreach (var (group, part) in _waiting.Share(loads, _parts.Room))
        {
            _parts.All[part].Add(group);
        }

        _parts.Step();
        foreach (var part in _parts.All.Where(part => part.Step is null))
        {
            part.HandOver(_version, onFinished);
        }

        return HasWork;
    }

    /// <summary>Drops a request, running or waiting; the others go on as if it had never been there.</summary>
    public void Cancel(string request)
    {
        _waiting.Remove(request);
        foreach (var part in _parts.All)
        {
            part.Cancel(request);
        }
    }

    /// <summary>Drops everything that runs or waits.</summary>
    public void Clear()
    {
        _waiting.Clear();
        foreach (var part in _parts.All)
        {
            part.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();
}
