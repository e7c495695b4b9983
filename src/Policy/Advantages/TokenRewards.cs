using R1Reward.Policy.Losses;

namespace R1Reward.Policy.Advantages;

/// <summary>Divergence per token, and how it and the sequence reward become token rewards.</summary>
public static class TokenRewards
{
    /// <summary>The divergence estimate of each token; 0 for a token that does not count.</summary>
    /// <param name="estimator">Which estimate.</param>
    /// <param name="logProbs">Log-probabilities under the policy.</param>
    /// <param name="reference">Log-probabilities under the frozen reference, same length.</param>
    /// <param name="mask">1 for a counted token; empty counts all.</param>
    public static double[] Kl(
        KlEstimator estimator,
        ReadOnlySpan<float> logProbs,
        ReadOnlySpan<float> reference,
        ReadOnlySpan<double> mask = default)
    {
        var kl = new double[logProbs.Length];
        for (var t = 0; t < kl.Length; t++)
        {
            var difference = ((double)logProbs[t] - reference[t]) * (mask.IsEmpty ? 1.0 : mask[t]);
            kl[t] = KlDivergence.Estimate(estimator, difference);
        }

        return kl;
    }

    /// <summary><c>-coefficient * kl</c> on every token, and the sequence reward on the last counted one.</summary>
    /// <param name="kl">The divergence of each token.</param>
    /// <param name="reward">The sequence reward, after group shaping.</param>
    /// <param name="coefficient">Weight of the divergence; below 0 it counts as 0.</param>
    /// <param name="clip">The sequence reward is cut to this distance from 0; null leaves it.</param>
    /// <param name="mask">1 for a counted token; empty counts all.</param>
    public static double[] Compose(
        ReadOnlySpan<double> kl,
        double reward,
        double coefficient,
        double? clip,
        ReadOnlySpan<double> mask = default)
    {
        var tokens = new double[kl.Length];
        var weight = Math.Max(coefficient, 0.0);
        var last = -1;
        for (var t = 0; t < tokens.Length; t++)
        {
            tokens[t] = -weight * kl[t];
            last = mask.IsEmpty || mask[t] != 0.0 ? t : last;
        }

        if (last >= 0)
        {
            tokens[last] += clip is { } limit ? Math.Clamp(reward, -limit, limit) : reward;
        }

        return tokens;
    }
}
