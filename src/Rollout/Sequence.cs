using System.Collections.Immutable;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout;

/// <summary>One trace while it is being sampled.</summary>
internal sealed class Sequence
{
    private readonly GenerationRequest _request;
    private readonly int _sample;
    private readonly int _maxNewTokens;
    private readonly ulong _key;
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly StreamingDecoder? _decoder;
    private readonly HashSet<int>? _seen;
    private readonly ImmutableArray<int>.Builder _tokens = ImmutableArray.CreateBuilder<int>();
    private readonly ImmutableArray<float>.Builder _logProbs = ImmutableArray.CreateBuilder<float>();
    private readonly ImmutableArray<float>.Builder _processedLogProbs = ImmutableArray.CreateBuilder<float>();
    private string _tail = "";

    /// <param name="request">What is sampled.</param>
    /// <param name="sample">The number of the sample within the request.</param>
    /// <param name="maxLength">Maximum of tokens of prompt and output together.</param>
    /// <param name="tokenizer">Gives the text.</param>
    /// <param name="stopTokens">The ids that end it unless the request names its own.</param>
    public Sequence(
        GenerationRequest request,
        int sample,
        int maxLength,
        Tokenizer tokenizer,
        IReadOnlySet<int> stopTokens)
    {
        _request = request;
        _sample = sample;
        _maxNewTokens = Math.Min(request.Sampling.MaxNewTokens, maxLength - PromptTokens.Length);
        _key = CounterRandom.KeyOf(request.Seed, "sample", sample);
        _tokenizer = tokenizer;
        _stopTokens = request.Sampling.StopTokens ?? stopTokens;
        _decoder = request.Sampling.StopStrings.Count > 0 ? new StreamingDecoder(tokenizer) : null;
        _seen = request.Sampling.RepetitionPenalty == 1 ? null : [.. request.PromptTokens];
    }

    /// <summary>Identity of the request that it belongs to.</summary>
    public string Request => _request.Id;

    /// <summary>How its tokens are chosen.</summary>
    public SamplingOptions Sampling => _request.Sampling;

    /// <summary>Tokens of the prompt, which all samples of a request share.</summary>
    public ImmutableArray<int> PromptTokens => _request.PromptTokens;

    /// <summary>Maximum of tokens of prompt and output.</summary>
    public int MaxLength => PromptTokens.Length + _maxNewTokens;

    /// <summary>
    /// Tokens that the cache holds of it between steps: all but the one sampled last, which the next step feeds.
    /// </summary>
    public int CachedLength => PromptTokens.Length + _tokens.Count - 1;

    /// <summary>The token that was sampled last: the input of the next decode step.</summary>
    public int LastToken => _tokens[^1];

    /// <summary>Tokens of the prompt and the output, for the repetition penalty; null where there is none.</summary>
    public IReadOnlySet<int>? Seen => _seen;

    /// <summary>Stop tokens that may not be sampled while the output is too short to end; null where all may.</summary>
    public IReadOnlySet<int>? ForbiddenStopTokens => _tokens.Count < Sampling.MinNewTokens ? _stopTokens : null;

    /// <summary>Why it has ended; null while it runs.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>The random number, in [0, 1), that chooses the next token.</summary>
    public double NextUniform() => CounterRandom.UniformAt(_key, 0, (ulong)_tokens.Count);

    /// <summary>Takes a sampled token and decides whether it ends the sequence.</summary>
    public void Append(TokenChoice drawn)
    {
        var token = drawn.Token;
        _tokens.Add(token);
        _logProbs.Add(drawn.LogProb);
        _processedLogProbs.Add(drawn.ProcessedLogProb);
        _seen?.Add(token);
        if (_stopTokens.Contains(token) || StopStringAppeared(token))
        {
            Finish = FinishReason.Stop;
        }
        else if (_tokens.Count >= _maxNewTokens)
        {
            Finish = FinishReason.Length;
        }
    }

    /// <summary>The token that was sampled last as the listener receives it; null where there is none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="logProb">Its log-probability.</param>
    /// <param name="logits">The logits that it was sampled from.</param>
    public StreamedToken? ForListener(int token, float logProb, ReadOnlySpan<float> logits) =>
        _request.OnToken is null
            ? null
            : new StreamedToken(
                _sample,
                token,
                logProb,
                LikeliestTokens.Find(logits, _request.TopLogProbs, (double)logits[token] - logProb));

    /// <summary>Hands a token to the listener.</summary>
    public void Stream(StreamedToken token) => _request.OnToken!.Invoke(token);

    /// <summary>Makes the trace of a sequence that has finished.</summary>
    public Trace ToTrace(PolicyVersion version) => new()
    {
        Id = new SampleId(_request.Id, _sample).ToString(),
        Pair = _request.Pair,
        Media = _request.Media,
        PromptTokens = _request.PromptTokens,
        Tokens = _tokens.ToImmutable(),
        LogProbs = _logProbs.ToImmutable(),
        ProcessedLogProbs = _processedLogProbs.SequenceEqual(_logProbs) ? [] : _processedLogProbs.ToImmutable(),
        Text = _tokenizer.Decode(_tokens, skipSpecial: true),
        Finish = Finish ?? throw new InvalidOperationException(
            $"Sequence {_request.Id}/{_sample} has not finished after {_tokens.Count} tokens."),
        Version = version,
    };

    // Only the end of the text that a stop string could still span is kept.
    private bool StopStringAppeared(int token)
    {
        if (_decoder is null)
        {
            return false;
        }

        _tail += _decoder.Add(token);
        if (Sampling.StopStrings.Any(stop => _tail.Contains(stop, StringComparison.Ordinal)))
        {
            return true;
        }

        var keep = Sampling.StopStrings.Max(stop => stop.Length) - 1;
        _tail = _tail.Length > keep ? _tail[^keep..] : _tail;
        return false;
    }
}
