using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>Exponentials of logits, relative to the largest, whose weight is then 1.</summary>
public static unsafe class LogitWeights
{
    /// <summary>The largest logit; negative infinity where there is none. What it is beside a NaN is open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(ReadOnlySpan<float> logits)
    {
        var lanes = Vector256.Create(float.NegativeInfinity);
        var i = 0;
        for (; i <= logits.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            lanes = Vector256.MaxNative(lanes, Vector256.Create(logits[i..]));
        }

        var max = float.NegativeInfinity;
        for (var lane = 0; lane < Vector256<float>.Count; lane++)
        {
            max = MathF.Max(max, lanes[lane]);
        }

        for (; i < logits.Length; i++)
        {
            max = MathF.Max(max, logits[i]);
        }

        return max;
    }

    /// <summary>
    /// Natural log-probability of a logit, given the largest and the sum that <see cref="Fill"/> gives at scale 1.
    /// </summary>
    public static float LogProb(float logit, float max, double total) => (float)(logit - (max + Math.Log(total)));

    /// <summary>Fills the weights with exp((logit - max) * scale).</summary>
    /// <param name="weights">Receives as many weights as there are logits.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="max">The largest of them.</param>
    /// <param name="scale">1 / temperature.</param>
    /// <returns>Their sum, added up in float64; NaN where a logit is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Fill(Span<float> weights, ReadOnlySpan<float> logits, float max, double scale)
    {
        var factor = (float)scale;
        var i = 0;
        Vector256<double> low = default, high = default;
        fixed (float* from = logits, to = weights)
        {
            for (; i <= logits.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var weight = VectorExp.Of((Vector256.Load(from + i) - Vector256.Create(max)) * factor);
                weight.Store(to + i);
                var (lower, upper) = Vector256.Widen(weight);
                low += lower;
                high += upper;
            }
        }

        var sum = Vector256.Sum(low + high);
        for (; i < logits.Length; i++)
        {
            weights[i] = MathF.Exp((logits[i] - max) * factor);
            sum += weights[i];
        }

        return sum;
    }
}
