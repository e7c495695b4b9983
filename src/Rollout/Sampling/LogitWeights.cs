using System.Numerics;

namespace R1Reward.Rollout.Sampling;

/// <summary>Exponentials of logits, relative to the largest, whose weight is then 1.</summary>
internal static class LogitWeights
{
    /// <summary>The largest logit; negative infinity where there is none.</summary>
    public static float Max(ReadOnlySpan<float> logits)
    {
        var max = float.NegativeInfinity;
        foreach (var value in logits)
        {
            max = MathF.Max(max, value);
        }

        return max;
    }

    /// <summary>Fills the weights with exp((logit - max) * scale).</summary>
    /// <returns>Their sum.</returns>
    public static double Fill(Span<float> weights, ReadOnlySpan<float> logits, float max, double scale)
    {
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
