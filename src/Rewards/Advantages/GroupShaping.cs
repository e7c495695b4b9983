namespace R1Reward.Rewards.Advantages;

/// <summary>Compares the samples of one prompt with one another before their rewards are cut and spread over tokens.</summary>
/// <example>Rewards 2, 1, 0, 1 of one group: rloo 1.3333, 0, -1.3333, 0; reinforce_baseline 1, 0, -1, 0; group_norm (sample) 1.2247, 0, -1.2247, 0.</example>
public static class GroupShaping
{
    private const double GroupNormEpsilon = 1e-9;

    /// <summary>The shaped rewards, in the order given. Groups are formed by equal ids wherever they stand.</summary>
    /// <exception cref="ArgumentException">A group of one sample, where the estimator compares samples.</exception>
    public static double[] Shape(AdvantageEstimator estimator, IReadOnlyList<double> rewards, IReadOnlyList<string> groups, GroupDeviation deviation)
    {
        var shaped = rewards.ToArray();
        if (estimator is AdvantageEstimator.Reinforce or AdvantageEstimator.Gae)
        {
            return shaped;
        }

        foreach (var group in Enumerable.Range(0, shaped.Length).GroupBy(i => groups[i], StringComparer.Ordinal))
        {
            var members = group.ToArray();
            if (members.Length < 2)
            {
                throw new ArgumentException(
                    $"{estimator} compares the samples of a prompt, but group {group.Key} has only one: use at least 2 samples per prompt, or reinforce", nameof(groups));
            }

            ShapeGroup(estimator, rewards, members, deviation, shaped);
        }

        return shaped;
    }

    private static void ShapeGroup(AdvantageEstimator estimator, IReadOnlyList<double> rewards, int[] members, GroupDeviation deviation, double[] shaped)
    {
        var sum = members.Sum(i => rewards[i]);
        var mean = sum / members.Length;
        var squares = members.Sum(i => (rewards[i] - mean) * (rewards[i] - mean));
        var spread = Math.Sqrt(squares / (deviation == GroupDeviation.Sample ? members.Length - 1 : members.Length));
        foreach (var i in members)
        {
            shaped[i] = estimator switch
            {
                AdvantageEstimator.Rloo => rewards[i] - ((sum - rewards[i]) / (members.Length - 1)),
                AdvantageEstimator.ReinforceBaseline => rewards[i] - mean,
                AdvantageEstimator.GroupNorm => (rewards[i] - mean) / (spread + GroupNormEpsilon),
                _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, null),
            };
        }
    }
}
