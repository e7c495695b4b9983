namespace R1Reward.Rewards.Watch;

/// <summary>Pearson's correlation of two series.</summary>
public static class Correlation
{
    /// <summary>
    /// The correlation of two series, -1 to 1; null where one of them is constant or there are fewer than three values.
    /// </summary>
    public static double? Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Count, x.Count);
        if (x.Count < 3)
        {
            return null;
        }

        var meanX = x.Average();
        var meanY = y.Average();
        var product = Math.Sqrt(Squares(x, meanX) * Squares(y, meanY));
        return product < 1e-12 ? null : x.Zip(y).Sum(pair => (pair.First - meanX) * (pair.Second - meanY)) / product;
    }

    private static double Squares(IReadOnlyList<double> values, double mean) =>
        values.Sum(value => (value - mean) * (value - mean));
}
