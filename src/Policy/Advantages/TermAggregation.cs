namespace R1Reward.Policy.Advantages;

/// <summary>
/// From the terms of each trace to one number. NaN stands for a term that gave no number; it counts nowhere.
/// </summary>
/// <example>
/// Terms (0.8, 0.2), weights (1, 0.5): sum 0.9. With the first term missing: 0.1. With both missing: NaN.
/// </example>
public static class TermAggregation
{
    private const double Epsilon = 1e-6;

    /// <summary>The weighted sum of each trace's terms; NaN where it has none.</summary>
    /// <param name="terms">One value per term of each trace.</param>
    /// <param name="weights">One per term.</param>
    /// <exception cref="InvalidOperationException">
    /// A trace has another number of terms than there are weights.
    /// </exception>
    public static double[] Sum(IReadOnlyList<IReadOnlyList<double>> terms, IReadOnlyList<double> weights)
    {
        var sums = new double[terms.Count];
        for (var i = 0; i < sums.Length; i++)
        {
            var row = terms[i];
            if (row.Count != weights.Count)
            {
                throw new InvalidOperationException(
                    $"Trace {i} has {row.Count} reward terms where there are {weights.Count} weights");
            }

            var sum = 0.0;
            var present = false;
            for (var k = 0; k < row.Count; k++)
            {
                if (!double.IsNaN(row[k]))
                {
                    sum += weights[k] * row[k];
                    present = true;
                }
            }

            sums[i] = present ? sum : double.NaN;
        }

        return sums;
    }

    /// <summary>
    /// GDPO (2026): each term standardised within its group, the weighted sum of these standardised over the batch. A
    /// group without spread gives 0 for the term, a trace without any term 0.
    /// </summary>
    /// <param name="terms">One value per term of each trace.</param>
    /// <param name="weights">One per term.</param>
    /// <param name="groups">Traces of one prompt share it.</param>
    /// <param name="deviation">Sample or population, for groups and batch alike.</param>
    /// <param name="epsilon">Added to each deviation.</param>
    public static double[] Gdpo(
        IReadOnlyList<IReadOnlyList<double>> terms,
        IReadOnlyList<double> weights,
        IReadOnlyList<int> groups,
        GroupDeviation deviation,
        double epsilon = Epsilon)
    {
        var within = deviation is GroupDeviation.BatchSample or GroupDeviation.Sample
            ? GroupDeviation.Sample
            : GroupDeviation.Population;
        double[] Standardise(IReadOnlyList<double> values, IReadOnlyList<int> groups) =>
            GroupShaping.Shape(AdvantageEstimator.GroupNorm, values, groups, within, epsilon);
        var standardised = terms.Select(_ => new double[weights.Count]).ToArray();
        for (var k = 0; k < weights.Count; k++)
        {
            var term = Standardise([.. terms.Select(row => row[k])], groups);
            for (var i = 0; i < term.Length; i++)
            {
                standardised[i][k] = double.IsNaN(terms[i][k]) ? double.NaN : term[i];
            }
        }

        // The whole batch as one group.
        return Standardise(Sum(standardised, weights), new int[terms.Count]);
    }
}
