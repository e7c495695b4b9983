using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Rollout.Sampling;

/// <summary>
/// Turns logits into the tokens to draw from and their weights: repetition penalty, forbidden tokens, temperature,
/// top-k, top-p and min-p. Not thread-safe: buffers are reused, and a result holds until the next call.
/// </summary>
internal sealed class LogitsProcessor
{
    private readonly int[] _forbidden;
    private readonly float[] _logits;
    private readonly float[] _weights;
    private readonly int[] _order;

    /// <param name="vocabularySize">Logits per row.</param>
    /// <param name="forbidden">Tokens that are never chosen.</param>
    public LogitsProcessor(int vocabularySize, IReadOnlyList<int> forbidden)
    {
        _forbidden = [.. forbidden];
        _logits = new float[vocabularySize];
        _weights = new float[vocabularySize];
        _order = new int[vocabularySize];
    }

    /// <summary>The weight of a token; that of the most likely one is 1.</summary>
    public float Weight(int token) => _weights[token];

    /// <summary>The sum of the weights of some tokens.</summary>
    public double Sum(ReadOnlySpan<int> tokens)
    {
        double sum = 0;
        foreach (var token in tokens)
        {
            sum += _weights[token];
        }

        return sum;
    }

    /// <summary>
    /// The tokens to draw from; the most likely one first where the choice is greedy or there are filters.
    /// </summary>
    /// <exception cref="InvalidOperationException">No token may be chosen.</exception>
    public ReadOnlySpan<int> Process(
        ReadOnlySpan<float> logits,
        SamplingOptions options,
        IReadOnlySet<int>? seen,
        IReadOnlySet<int>? early)
    {
        var processed = _logits.AsSpan(0, logits.Length);
        logits.CopyTo(processed);
        if (seen is not null)
        {
            Penalize(processed, seen, options.RepetitionPenalty);
        }

        Forbid(processed, _forbidden);
        Forbid(processed, early ?? (IEnumerable<int>)[]);
        var max = LogitWeights.Max(processed);
        if (float.IsNegativeInfinity(max))
        {
            throw new InvalidOperationException(
                $"No token of {processed.Length} may be chosen: {_forbidden.Length} are forbidden "
                + $"and {early?.Count ?? 0} may not come yet.");
        }

        LogitWeights.Fill(_weights, processed, max, options.Greedy ? 1 : 1 / options.Temperature);
        for (var token = 0; token < processed.Length; token++)
        {
            _order[token] = token;
        }

        var tokens = _order.AsSpan(0, processed.Length);
        if (options.Greedy)
        {
            var best = processed.IndexOf(max);
            _order[best] = 0;
            _order[0] = best;
            return tokens;
        }

        return options.Filters ? tokens[..Filter(tokens, options)] : tokens;
    }

    private static void Penalize(Span<float> logits, IReadOnlySet<int> seen, double penalty)
    {
        foreach (var token in seen)
        {
            logits[token] = (float)(logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
        }
    }

    private static void Forbid(Span<float> logits, IEnumerable<int> tokens)
    {
        foreach (var token in tokens)
        {
            if (token < logits.Length)
            {
                logits[token] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>Sorts the tokens by falling logit, equal ones by id.</summary>
    /// <returns>How many of them the filters keep.</returns>
    private int Filter(Span<int> tokens, SamplingOptions options)
    {
        tokens.Sort((a, b) => _logits[b] == _logits[a] ? a.CompareTo(b) : _logits[b].CompareTo(_logits[a]));
        var kept = tokens.Length;
        if (options.TopK > 0 && options.TopK < kept)
        {
            var limit = _logits[tokens[options.TopK - 1]];
            kept = CountWhile(tokens, token => _logits[token] >= limit);
        }

        if (options.TopP < 1)
        {
            var limit = options.TopP * Sum(tokens[..kept]);
            double before = 0;
            kept = CountWhile(tokens[..kept], token =>
            {
                var keep = before < limit;
                before += _weights[token];
                return keep;
            });
        }

        return options.MinP > 0 ? CountWhile(tokens[..kept], token => _weights[token] >= options.MinP) : kept;
    }

    private static int CountWhile(ReadOnlySpan<int> tokens, Func<int, bool> keep)
    {
        var kept = 0;
        while (kept < tokens.Length && keep(tokens[kept]))
        {
            kept++;
        }

        return kept;
    }
}
