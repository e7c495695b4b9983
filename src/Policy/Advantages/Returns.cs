namespace R1Reward.Policy.Advantages;

/// <summary>Returns and generalised advantages of one sequence.</summary>
public static class Returns
{
    /// <summary>The discounted sum of the token rewards from each token on.</summary>
    /// <param name="rewards">Token rewards.</param>
    /// <param name="gamma">Discount per token.</param>
    /// <param name="mask">1 for a counted token; empty counts all.</param>
    public static double[] Discounted(ReadOnlySpan<double> rewards, double gamma, ReadOnlySpan<double> mask = default)
    {
        var returns = new double[rewards.Length];
        var next = 0.0;
        for (var t = rewards.Length - 1; t >= 0; t--)
        {
            next = (rewards[t] * (mask.IsEmpty ? 1.0 : mask[t])) + (gamma * next);
            returns[t] = next;
        }

        return returns;
    }

    /// <summary>
    /// Generalised advantage estimation (Schulman et al. 2016): advantages, and returns = advantages + values.
    /// </summary>
    /// <param name="values">The critic's value before each token.</param>
    /// <param name="rewards">Token rewards, same length.</param>
    /// <param name="gamma">Discount per token.</param>
    /// <param name="lambda">Weight of longer estimates, 0 to 1.</param>
    /// <param name="mask">1 for a counted token; empty counts all. Values and rewards of other tokens are 0.</param>
    public static (double[] Advantages, double[] Returns) Gae(
        ReadOnlySpan<float> values,
        ReadOnlySpan<double> rewards,
        double gamma,
        double lambda,
        ReadOnlySpan<double> mask = default)
    {
        var advantages = new double[rewards.Length];
        var returns = new double[rewards.Length];
        var nextAdvantage = 0.0;
        var nextValue = 0.0;
        for (var t = rewards.Length - 1; t >= 0; t--)
        {
            var counted = mask.IsEmpty ? 1.0 : mask[t];
            var value = values[t] * counted;
            var delta = (rewards[t] * counted) + (gamma * nextValue) - value;
            nextAdvantage = delta + (gamma * lambda * nextAdvantage);
            nextValue = value;
            advantages[t] = nextAdvantage;
            returns[t] = nextAdvantage + value;
        }

        return (advantages, returns);
    }
}
