using System.Numerics;
using R1Reward.Data;
using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Rollout.Sampling;

/// <summary>
/// Chooses tokens from logits by inverse cumulative probability, on the CPU: the random number and the logits of one
/// row decide, no state is shared between rows. Not thread-safe: buffers are reused.
/// </summary>
internal sealed class TokenSampler
{
    private readonly LogitsProcessor _processor;
    private readonly float[] _weights;
    private readonly bool _forbidsTokens;

    /// <param name="vocabularySize">Logits per row.</param>
    /// <param name="forbidden">Tokens that are never chosen.</param>
    public TokenSampler(int vocabularySize, IReadOnlyList<int>? forbidden = null)
    {
        _processor = new LogitsProcessor(vocabularySize, forbidden ?? []);
        _weights = new float[vocabularySize];
        _forbidsTokens = forbidden is { Count: > 0 };
    }

    /// <summary>Number of logits in a row, one for each token.</summary>
    public int VocabularySize => _weights.Length;

    /// <summary>Chooses the next token of a sequence.</summary>
    /// <param name="logits">The model's logits, one for each token of the vocabulary.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="seen">Tokens that the repetition penalty falls on; null for none.</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <param name="early">Tokens that may not come yet; null for none.</param>
    /// <exception cref="UserErrorException">The logits are not finite: the weights are no model's.</exception>
    /// <exception cref="InvalidOperationException">No token may be chosen.</exception>
    public TokenChoice Sample(
        ReadOnlySpan<float> logits,
        SamplingOptions options,
        IReadOnlySet<int>? seen,
        double uniform,
        IReadOnlySet<int>? early = null)
    {
        var max = LogitWeights.Max(logits);
        var total = LogitWeights.Fill(_weights, logits, max, 1);
        if (!double.IsFinite(total) || !float.IsFinite(max))
        {
            throw new UserErrorException(
                $"the model's logits are not finite (maximum {max}, sum of exponentials {total}): its weights are "
                + "damaged, or its training diverged. Take another checkpoint.");
        }

        if (options.Plain && !_forbidsTokens && early is null)
        {
            var token = options.Greedy ? logits.IndexOf(max) : Draw(uniform * total, logits.Length);
            var logProb = LogitWeights.LogProb(logits[token], max, total);
            return new(token, logProb, logProb);
        }

        var candidates = _processor.Process(logits, options, seen, early);
        var candidateTotal = _processor.Sum(candidates);
        var place = options.Greedy ? 0 : DrawPlace(uniform * candidateTotal, candidates);
        var chosen = candidates[place];
        var processed = Math.Log(_processor.Weight(chosen)) - Math.Log(candidateTotal);
        return new(chosen, LogitWeights.LogProb(logits[chosen], max, total), (float)processed);
    }

    /// <summary>
    /// What <see cref="Sample"/> draws from: the probability of each token, 0 for those that were left out.
    /// </summary>
    internal float[] Probabilities(
        ReadOnlySpan<float> logits,
        SamplingOptions options,
        IReadOnlySet<int>? seen,
        IReadOnlySet<int>? early = null)
    {
        var candidates = _processor.Process(logits, options, seen, early);
        var total = _processor.Sum(candidates);
        var probabilities = new float[logits.Length];
        foreach (var token in candidates)
        {
            probabilities[token] = (float)(_processor.Weight(token) / total);
        }

        return probabilities;
    }

    private int Draw(double target, int count)
    {
        double sum = 0;
        var token = 0;

        // Whole vectors are passed over as long as the target lies behind them.
        for (; token <= count - Vector<float>.Count; token += Vector<float>.Count)
        {
            var passed = sum + Vector.Sum(new Vector<float>(_weights, token));
            if (passed > target)
            {
                break;
            }

            sum = passed;
        }

        for (; token < count; token++)
        {
            sum += _weights[token];
            if (_weights[token] > 0 && sum > target)
            {
                return token;
            }
        }

        // Rounding left the target a hair above the sum.
        return _weights.AsSpan(0, count).LastIndexOfAnyExcept(0);
    }

    private int DrawPlace(double target, ReadOnlySpan<int> candidates)
    {
        double sum = 0;
        var last = 0;
        for (var place = 0; place < candidates.Length; place++)
        {
            var weight = _processor.Weight(candidates[place]);
            if (weight > 0)
            {
                sum += weight;
                last = place;
                if (sum > target)
                {
                    return place;
                }
            }
        }

        return last;
    }
}
