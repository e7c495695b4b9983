namespace R1Reward.Policy.Advantages;

/// <summary>
/// Compares the traces of one prompt with one another before their rewards are cut and spread over tokens.
/// </summary>
/// <example>
/// Rewards 2, 1, 0, 1 of one group: rloo 1.3333, 0, -1.3333, 0; reinforce-baseline 1, 0, -1, 0; group-norm (sample)
/// 1.2247, 0, -1.2247, 0.
/// </example>
public static class GroupShaping
{
    private const double GroupNormEpsilon = 1e-9;

    // Rewards of one meaning can differ by the rounding of a sum; none that differ by less were meant to. An optimiser
    // like Adam makes whole steps of however small a difference.
    private const double Rounding = 1e-9;

    /// <summary>
    /// The shaped rewards, in the order given. Groups are formed by equal numbers wherever they stand. A reward of NaN
    /// is missing: it counts in no mean and is shaped to 0.
    /// </summary>
    /// <param name="estimator">Which comparison.</param>
    /// <param name="rewards">One per trace.</param>
    /// <param name="groups">Traces of one prompt share it.</param>
    /// <param name="deviation">What <c>group-norm</c> divides by.</param>
    /// <param name="epsilon">What <c>group-norm</c> adds to the deviation.</param>
    /// <exception cref="ArgumentException">A group of one trace, where the estimator compares traces.</exception>
    public static double[] Shape(
        AdvantageEstimator estimator,
        IReadOnlyList<double> rewards,
        IReadOnlyList<int> groups,
        GroupDeviation deviation,
        double epsilon = GroupNormEpsilon)
    {
        if (estimator is AdvantageEstimator.Reinforce or AdvantageEstimator.Gae)
        {
            return [.. rewards];
        }

        var shaped = new double[rewards.Count];
        double[] known = [.. rewards.Where(reward => !double.IsNaN(reward))];
        var ofBatch = Deviation(known, deviation == GroupDeviation.BatchSample);
        foreach (var (group, members) in Groups(groups))
        {
            if (members.Length < 2)
            {
                throw new ArgumentException(
                    $"{estimator} compares the samples of a prompt, but group {group} has only one: "
                    + "use at least 2 samples per prompt, or reinforce",
                    nameof(groups));
            }

            int[] present = [.. members.Where(i => !double.IsNaN(rewards[i]))];
            var spread = deviation is GroupDeviation.BatchSample or GroupDeviation.BatchPopulation
                ? ofBatch
                : Deviation([.. present.Select(i => rewards[i])], deviation == GroupDeviation.Sample);
            ShapeGroup(estimator, rewards, present, spread + epsilon, shaped);
        }

        return shaped;
    }

    /// <summary>
    /// Whether each trace's group has no spread: all its known rewards are the same and there is nothing to compare.
    /// NaN is no reward and equals none.
    /// </summary>
    public static bool[] WithoutSpread(IReadOnlyList<double> rewards, IReadOnlyList<int> groups)
    {
        var equal = new bool[rewards.Count];
        foreach (var (_, members) in Groups(groups))
        {
            var same = IsEqual([.. members.Where(i => !double.IsNaN(rewards[i])).Select(i => rewards[i])]);
            foreach (var i in members)
            {
                equal[i] = same;
            }
        }

        return equal;
    }

    private static IEnumerable<(int Group, int[] Members)> Groups(IReadOnlyList<int> groups) =>
        Enumerable.Range(0, groups.Count).GroupBy(i => groups[i]).Select(group => (group.Key, group.ToArray()));

    /// <summary>Whether rewards are the same but for rounding; none are.</summary>
    internal static bool IsEqual(double[] rewards) => rewards.Length == 0
        || rewards.Max() - rewards.Min() <= Rounding * Math.Max(1.0, Math.Abs(rewards.Max()));

    private static double Deviation(double[] values, bool sample)
    {
        var divisor = sample ? values.Length - 1 : values.Length;
        return divisor < 1 ? 0 : Math.Sqrt(AdvantageMoments.From([values]).SquaredDeviations / divisor);
    }

    private static void ShapeGroup(
        AdvantageEstimator estimator, IReadOnlyList<double> rewards, int[] members, double divisor, double[] shaped)
    {
        if (IsEqual([.. members.Select(i => rewards[i])]))
        {
            // Exactly 0, which shaped holds: rounding over a deviation of about 0 would be a number of its own.
            return;
        }

        var sum = members.Sum(i => rewards[i]);
        var mean = sum / members.Length;
        foreach (var i in members)
        {
            shaped[i] = estimator switch
            {
                AdvantageEstimator.Rloo => rewards[i] - ((sum - rewards[i]) / (members.Length - 1)),
                AdvantageEstimator.ReinforceBaseline or AdvantageEstimator.DrGrpo => rewards[i] - mean,
                AdvantageEstimator.GroupNorm => (rewards[i] - mean) / divisor,
                _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, null),
            };
        }
    }
}
