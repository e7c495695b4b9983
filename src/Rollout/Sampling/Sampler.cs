using System.Numerics;

namespace R1Reward.Rollout.Sampling;

/// <summary>
/// Chooses tokens from logits by inverse cumulative probability, on the CPU: the random number and the logits of one row
/// decide, no state is shared between rows. Not thread-safe (reuses its buffers).
/// </summary>
internal sealed class Sampler
{
    private readonly int[] _forbidden;
    private readonly float[] _logits;
    private readonly float[] _weights;
    private readonly int[] _order;

    /// <param name="vocabularySize">Logits per row.</param>
    /// <param name="forbidden">Tokens that are never chosen.</param>
    public Sampler(int vocabularySize, IReadOnlyList<int>? forbidden = null)
    {
        _forbidden = [.. forbidden ?? []];
        _logits = new float[vocabularySize];
        _weights = new float[vocabularySize];
        _order = new int[vocabularySize];
    }

    /// <summary>Logits per row.</summary>
    public int VocabularySize => _logits.Length;

    /// <summary>The next token of a sequence.</summary>
    /// <param name="logits">The model's logits, one for each token of the vocabulary.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="seen">Tokens that the repetition penalty falls on; null for none.</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <param name="early">Tokens that may not come yet; null for none.</param>
    /// <exception cref="InvalidOperationException">The logits are not finite, or no token may be chosen.</exception>
    public TokenDraw Sample(ReadOnlySpan<float> logits, SamplingOptions options, IReadOnlySet<int>? seen, double uniform, IReadOnlySet<int>? early = null)
    {
        var max = Max(logits);
        var total = Exponentials(logits, max, 1);
        if (!double.IsFinite(total) || !float.IsFinite(max))
        {
            throw new InvalidOperationException($"The model's logits are not finite: maximum {max}, sum of exponentials {total}, {logits.Length} tokens.");
        }

        var rest = max + Math.Log(total);
        if (options.Plain && _forbidden.Length == 0 && early is null)
        {
            var token = options.Greedy ? logits.IndexOf(max) : Draw(uniform * total, logits.Length);
            var logProb = (float)(logits[token] - rest);
            return new(token, logProb, logProb);
        }

        var kept = Shape(logits, options, seen, early);
        var chosen = _order[options.Greedy ? 0 : Place(uniform, kept)];
        return new(chosen, (float)(logits[chosen] - rest), (float)(Math.Log(_weights[chosen]) - Math.Log(Sum(kept))));
    }

    /// <summary>What <see cref="Sample"/> draws from: the probability of each token, 0 for those that were left out.</summary>
    internal float[] Probabilities(ReadOnlySpan<float> logits, SamplingOptions options, IReadOnlySet<int>? seen, IReadOnlySet<int>? early = null)
    {
        var kept = Shape(logits, options, seen, early);
        var total = Sum(kept);
        var probabilities = new float[logits.Length];
        foreach (var token in _order.AsSpan(0, kept))
        {
            probabilities[token] = (float)(_weights[token] / total);
        }

        return probabilities;
    }

    private static void Penalize(Span<float> logits, IReadOnlySet<int> seen, double penalty)
    {
        foreach (var token in seen)
        {
            logits[token] = (float)(logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
        }
    }

    private int Draw(double target, int count)
    {
        double sum = 0;
        var last = 0;
        for (var token = 0; token < count; token++)
        {
            if (_weights[token] > 0)
            {
                sum += _weights[token];
                last = token;
                if (sum > target)
                {
                    return token;
                }
            }
        }

        // Rounding left the target a hair above the sum.
        return last;
    }

    /// <summary>
    /// Penalty, forbidden tokens, temperature, filters: leaves the tokens to choose from at the start of the order, most
    /// likely first where there are filters, with their weights; gives how many they are.
    /// </summary>
    private int Shape(ReadOnlySpan<float> logits, SamplingOptions options, IReadOnlySet<int>? seen, IReadOnlySet<int>? early)
    {
        var shaped = _logits.AsSpan(0, logits.Length);
        logits.CopyTo(shaped);
        if (seen is not null)
        {
            Penalize(shaped, seen, options.RepetitionPenalty);
        }

        Forbid(shaped, _forbidden);
        Forbid(shaped, early);
        var max = Max(shaped);
        if (float.IsNegativeInfinity(max))
        {
            throw new InvalidOperationException($"No token of {shaped.Length} may be chosen: {_forbidden.Length} are forbidden and {early?.Count ?? 0} may not come yet.");
        }

        // Weights are exponentials relative to the most likely token, so that its weight is 1.
        Exponentials(shaped, max, options.Greedy ? 1 : 1 / options.Temperature);
        for (var token = 0; token < shaped.Length; token++)
        {
            _order[token] = token;
        }

        if (options.Greedy)
        {
            (_order[0], _order[shaped.IndexOf(max)]) = (shaped.IndexOf(max), 0);
            return shaped.Length;
        }

        return options.Filters ? Filter(shaped.Length, options) : shaped.Length;
    }

    private static void Forbid(Span<float> logits, IEnumerable<int>? tokens)
    {
        foreach (var token in tokens ?? [])
        {
            if (token < logits.Length)
            {
                logits[token] = float.NegativeInfinity;
            }
        }
    }

    private int Filter(int count, SamplingOptions options)
    {
        _order.AsSpan(0, count).Sort((a, b) => _logits[b] == _logits[a] ? a.CompareTo(b) : _logits[b].CompareTo(_logits[a]));
        var kept = count;
        if (options.TopK > 0 && options.TopK < kept)
        {
            var least = _logits[_order[options.TopK - 1]];
            kept = CountWhile(count, token => _logits[token] >= least);
        }

        if (options.TopP < 1)
        {
            var limit = options.TopP * Sum(kept);
            double before = 0;
            kept = CountWhile(kept, token =>
            {
                var keep = before < limit;
                before += _weights[token];
                return keep;
            });
        }

        return options.MinP > 0 ? CountWhile(kept, token => _weights[token] >= options.MinP) : kept;
    }

    private int Place(double uniform, int kept)
    {
        var target = uniform * Sum(kept);
        double sum = 0;
        var last = 0;
        for (var i = 0; i < kept; i++)
        {
            if (_weights[_order[i]] > 0)
            {
                sum += _weights[_order[i]];
                last = i;
                if (sum > target)
                {
                    return i;
                }
            }
        }

        return last;
    }

    private int CountWhile(int count, Func<int, bool> keep)
    {
        var kept = 0;
        while (kept < count && keep(_order[kept]))
        {
            kept++;
        }

        return kept;
    }

    private double Sum(int count)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += _weights[_order[i]];
        }

        return sum;
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        var max = float.NegativeInfinity;
        foreach (var value in values)
        {
            max = MathF.Max(max, value);
        }

        return max;
    }

    // Fills the weights with exp((logit - max) * scale) and returns their sum.
    private double Exponentials(ReadOnlySpan<float> logits, float max, double scale)
    {
        var weights = _weights.AsSpan(0, logits.Length);
        var factor = (float)scale;
        var i = 0;
        double sum = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.Exp((new Vector<float>(logits[i..]) - new Vector<float>(max)) * factor);
            weight.CopyTo(weights[i..]);
            sum += Vector.Sum(weight);
        }

        for (; i < logits.Length; i++)
        {
            weights[i] = MathF.Exp((logits[i] - max) * factor);
            sum += weights[i];
        }

        return sum;
    }
}
