namespace R1Reward.Policy.Advantages;

/// <summary>
/// Count, mean and squared deviations of counted values: what ranks exchange so that all of them standardise by the
/// same figures. Three numbers per rank, combined without losing precision to large means.
/// </summary>
/// <param name="Count">Counted values.</param>
/// <param name="Mean">Their mean; 0 where there are none.</param>
/// <param name="SquaredDeviations">The sum of squared distances from the mean.</param>
public readonly record struct AdvantageMoments(double Count, double Mean, double SquaredDeviations)
{
    private const double SmallestVariance = 1e-8;

    /// <summary>The population deviation, as it is.</summary>
    public double Deviation => Count == 0.0 ? 0.0 : Math.Sqrt(SquaredDeviations / Count);

    /// <summary>The deviation that divides by n - 1; 0 for fewer than two values.</summary>
    public double SampleDeviation => Count < 2.0 ? 0.0 : Math.Sqrt(SquaredDeviations / (Count - 1.0));

    /// <summary>1 / deviation with the variance held at 1e-8 or above: what values are multiplied by.</summary>
    public double ReciprocalDeviation =>
        1.0 / Math.Sqrt(Math.Max(Count == 0.0 ? 0.0 : SquaredDeviations / Count, SmallestVariance));

    /// <summary>The moments of all values of all rows.</summary>
    public static AdvantageMoments Of(IReadOnlyList<double[]> rows) => Of(rows, null);

    /// <summary>The moments of the counted values; a null mask counts all of them.</summary>
    public static AdvantageMoments Of(IReadOnlyList<double[]> rows, IReadOnlyList<double[]>? mask)
    {
        var (sum, count, squares) = (0.0, 0.0, 0.0);
        for (var b = 0; b < rows.Count; b++)
        {
            for (var t = 0; t < rows[b].Length; t++)
            {
                var weight = mask?[b][t] ?? 1.0;
                sum += weight * rows[b][t];
                count += weight;
            }
        }

        var mean = count == 0.0 ? 0.0 : sum / count;
        for (var b = 0; b < rows.Count; b++)
        {
            for (var t = 0; t < rows[b].Length; t++)
            {
                var distance = rows[b][t] - mean;
                squares += (mask?[b][t] ?? 1.0) * distance * distance;
            }
        }

        return new AdvantageMoments(count, mean, squares);
    }

    /// <summary>The moments of several ranks' values together.</summary>
    public static AdvantageMoments Combine(IEnumerable<AdvantageMoments> ranks) => ranks.Aggregate(default(AdvantageMoments), (a, b) =>
    {
        var count = a.Count + b.Count;
        if (count == 0.0)
        {
            return default;
        }

        var distance = b.Mean - a.Mean;
        return new AdvantageMoments(
            count,
            a.Mean + (distance * b.Count / count),
            a.SquaredDeviations + b.SquaredDeviations + (distance * distance * a.Count * b.Count / count));
    });
}
