namespace R1Reward.Policy.Advantages;

/// <summary>From the terms of each sample to one number. NaN stands for a term that gave no number; it counts nowhere.</summary>
/// <example>Terms (0.8, 0.2), weights (1, 0.5): sum 0.9. With the first term missing: 0.1. With both: NaN.</example>
public static class TermAggregation
{
    private const double Epsilon = 1e-6;

    /// <summary>The weighted sum of each sample's terms; NaN where it has none.</summary>
    /// <param name="terms">One value per term of each sample.</param>
    /// <param name="weights">One per term.</param>
    /// <exception cref="InvalidOperationException">A sample has another number of terms than there are weights.</exception>
    public static double[] Sum(IReadOnlyList<ReadOnlyMemory<double>> terms, IReadOnlyList<double> weights)
    {
        var sums = new double[terms.Count];
        for (var i = 0; i < sums.Length; i++)
        {
            var row = terms[i].Span;
            if (row.Length != weights.Count)
            {
                throw new InvalidOperationException($"Sample {i} has {row.Length} reward terms where there are {weights.Count} weights");
            }

            var (sum, present) = (0.0, false);
            for (var k = 0; k < row.Length; k++)
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
    /// Each term standardised within its group, the weighted sum of these standardised over the batch. A group without
    /// spread gives 0 for the term, a sample without any term 0.
    /// </summary>
    /// <param name="terms">One value per term of each sample.</param>
    /// <param name="weights">One per term.</param>
    /// <param name="groups">Samples of one prompt share it.</param>
    /// <param name="deviation">Sample or population, for groups and batch alike.</param>
    /// <param name="epsilon">Added to each deviation.</param>
    public static double[] Gdpo(
        IReadOnlyList<ReadOnlyMemory<double>> terms, IReadOnlyList<double> weights, IReadOnlyList<string> groups, GroupDeviation deviation, double epsilon = Epsilon)
    {
        var within = deviation is GroupDeviation.BatchSample or GroupDeviation.Sample ? GroupDeviation.Sample : GroupDeviation.Population;
        var standardised = terms.Select(_ => new double[weights.Count]).ToArray();
        for (var k = 0; k < weights.Count; k++)
        {
            var one = GroupShaping.Shape(AdvantageEstimator.GroupNorm, [.. terms.Select(row => row.Span[k])], groups, within, epsilon);
            for (var i = 0; i < one.Length; i++)
            {
                standardised[i][k] = double.IsNaN(terms[i].Span[k]) ? double.NaN : one[i];
            }
        }

        var sums = Sum([.. standardised.Select(row => (ReadOnlyMemory<double>)row)], weights);
        return GroupShaping.Shape(AdvantageEstimator.GroupNorm, sums, [.. groups.Select(_ => "batch")], within, epsilon);
    }
}
