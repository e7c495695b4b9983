namespace R1Reward.Policy.Advantages;

/// <summary>
/// Count, mean and squared deviations of values, by which they are standardised. Moments of parts are combined without
/// losing precision to large means (Chan, Golub and LeVeque 1983).
/// </summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean; 0 where there are none.</param>
/// <param name="SquaredDeviations">The sum of squared distances from the mean.</param>
public readonly record struct AdvantageMoments(double Count, double Mean, double SquaredDeviations)
{
    private const double SmallestVariance = 1e-8;

    /// <summary>The population deviation, as it is.</summary>
    public double Deviation => Math.Sqrt(Variance);

    /// <summary>The deviation that divides by n - 1; 0 for fewer than two values.</summary>
    public double SampleDeviation => Count < 2.0 ? 0.0 : Math.Sqrt(SquaredDeviations / (Count - 1.0));

    /// <summary>1 / deviation with the variance held at 1e-8 or above, by which values are multiplied.</summary>
    public double ReciprocalDeviation => 1.0 / Math.Sqrt(Math.Max(Variance, SmallestVariance));

    private double Variance => Count == 0.0 ? 0.0 : SquaredDeviations / Count;

    /// <summary>The moments of all values of all rows, which may differ in length.</summary>
    public static AdvantageMoments From(IReadOnlyList<double[]> rows)
    {
        var sum = 0.0;
        var count = 0.0;
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                sum += value;
                count++;
            }
        }

        var mean = count == 0.0 ? 0.0 : sum / count;
        var squares = 0.0;
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                squares += (value - mean) * (value - mean);
            }
        }

        return new AdvantageMoments(count, mean, squares);
    }

    /// <summary>The moments of all values of several parts.</summary>
    public static AdvantageMoments Combine(IEnumerable<AdvantageMoments> parts) =>
        parts.Aggregate(default(AdvantageMoments), Add);

    private static AdvantageMoments Add(AdvantageMoments a, AdvantageMoments b)
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
    }
}
