namespace R1Reward.Rewards.Watch;

/// <summary>Pearson's correlation.</summary>
public static class Correlation
{
    /// <summary>The correlation of two series, -1 to 1; null where one of them is constant or there are fewer than three values.</summary>
    public static double? Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Count, x.Count);
        if (x.Count < 3)
        {
            return null;
        }

        var (meanX, meanY) = (x.Average(), y.Average());
        var (xx, yy) = (x.Sum(value => (value - meanX) * (value - meanX)), y.Sum(value => (value - meanY) * (value - meanY)));
        var product = Math.Sqrt(xx * yy);
        return product < 1e-12 ? null : x.Zip(y).Sum(pair => (pair.First - meanX) * (pair.Second - meanY)) / product;
    }
}
