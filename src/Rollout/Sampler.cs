using System.Numerics;

namespace R1Reward.Rollout;

/// <summary>
/// Chooses tokens from logits by inverse cumulative probability, on the CPU: the random number and the logits of one row
/// decide, no state is shared between rows. Not thread-safe (reuses its buffers).
/// </summary>
internal sealed class Sampler
{
    private readonly float[] _logits;
    private readonly float[] _weights;
    private readonly int[] _order;

    /// <param name="vocabularySize">Logits per row.</param>
    public Sampler(int vocabularySize)
    {
        _logits = new float[vocabularySize];
        _weights = new float[vocabularySize];
        _order = new int[vocabularySize];
    }

    /// <summary>Logits per row.</summary>
    public int VocabularySize => _logits.Length;

    /// <summary>The next token of a sequence and its log-probability at temperature 1, before any penalty or filter.</summary>
    /// <param name="logits">The model's logits, one for each token of the vocabulary.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="seen">Tokens that the repetition penalty falls on; null for none.</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <exception cref="InvalidOperationException">The logits are not finite.</exception>
    public (int Token, float LogProb) Sample(ReadOnlySpan<float> logits, SamplingOptions options, IReadOnlySet<int>? seen, double uniform)
    {
        var max = Max(logits);
        var total = Exponentials(logits, max, 1);
        if (!double.IsFinite(total) || !float.IsFinite(max))
        {
            throw new InvalidOperationException($"The model's logits are not finite: maximum {max}, sum of exponentials {total}, {logits.Length} tokens.");
        }

        var token = options.Plain ? Draw(uniform * total, logits.Length) : Choose(logits, options, seen, uniform);
        return (token, (float)(logits[token] - max - Math.Log(total)));
    }

    private int Choose(ReadOnlySpan<float> logits, SamplingOptions options, IReadOnlySet<int>? seen, double uniform)
    {
        var shaped = _logits.AsSpan(0, logits.Length);
        logits.CopyTo(shaped);
        if (seen is not null)
        {
            Penalize(shaped, seen, options.RepetitionPenalty);
        }

        var max = Max(shaped);
        if (options.Greedy)
        {
            return shaped.IndexOf(max);
        }

        var total = Exponentials(shaped, max, 1 / options.Temperature);
        return options.Filters ? DrawFiltered(uniform, logits.Length, options) : Draw(uniform * total, logits.Length);
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

    // Weights are exponentials relative to the most likely token, so that its weight is 1.
    private int DrawFiltered(double uniform, int count, SamplingOptions options)
    {
        for (var token = 0; token < count; token++)
        {
            _order[token] = token;
        }

        _order.AsSpan(0, count).Sort((a, b) => _weights[b] == _weights[a] ? a.CompareTo(b) : _weights[b].CompareTo(_weights[a]));
        var kept = count;
        if (options.TopK > 0 && options.TopK < kept)
        {
            kept = CountWhile(count, weight => weight >= _weights[_order[options.TopK - 1]]);
        }

        if (options.TopP < 1)
        {
            var limit = options.TopP * Sum(kept);
            double before = 0;
            kept = CountWhile(kept, weight =>
            {
                var keep = before < limit;
                before += weight;
                return keep;
            });
        }

        if (options.MinP > 0)
        {
            kept = CountWhile(kept, weight => weight >= options.MinP);
        }

        var target = uniform * Sum(kept);
        double sum = 0;
        for (var i = 0; i < kept; i++)
        {
            sum += _weights[_order[i]];
            if (sum > target)
            {
                return _order[i];
            }
        }

        return _order[kept - 1];
    }

    private int CountWhile(int count, Func<float, bool> keep)
    {
        var kept = 0;
        while (kept < count && keep(_weights[_order[kept]]))
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
