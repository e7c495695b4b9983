using System.Collections.Immutable;

namespace R1Reward.Rollout.Sampling;

/// <summary>Finds the likeliest tokens of a row of logits.</summary>
internal static class LikeliestTokens
{
    /// <summary>The first tokens in falling order, equal ones by id.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    /// <param name="count">How many.</param>
    /// <param name="logTotal">Logarithm of the sum of the exponentials of all logits.</param>
    public static ImmutableArray<(int Token, float LogProb)> Find(
        ReadOnlySpan<float> logits, int count, double logTotal)
    {
        count = Math.Min(count, logits.Length);
        if (count == 0)
        {
            return [];
        }

        var best = new List<int>(count + 1);
        for (var token = 0; token < logits.Length; token++)
        {
            var at = best.Count;
            while (at > 0 && logits[best[at - 1]] < logits[token])
            {
                at--;
            }

            best.Insert(at, token);
            if (best.Count > count)
            {
                best.RemoveAt(count);
            }
        }

        var found = ImmutableArray.CreateBuilder<(int, float)>(best.Count);
        foreach (var token in best)
        {
            found.Add((token, (float)(logits[token] - logTotal)));
        }

        return found.MoveToImmutable();
    }
}
