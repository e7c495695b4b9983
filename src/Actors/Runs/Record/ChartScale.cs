namespace R1Reward.Actors.Runs.Record;

/// <summary>Where values of an axis stand in a picture.</summary>
/// <param name="Low">The smallest value.</param>
/// <param name="High">The largest value, above it.</param>
/// <param name="Start">Where the smallest stands.</param>
/// <param name="End">Where the largest stands.</param>
internal readonly record struct ChartScale(double Low, double High, double Start, double End)
{
    /// <summary>The scale over some values; a constant figure is drawn through the middle.</summary>
    public static ChartScale Over(IEnumerable<double> values, double start, double end)
    {
        var all = values.ToList();
        var (low, high) = (all.Min(), all.Max());
        return high - low < 1e-9 ? new(low - 0.5, high + 0.5, start, end) : new(low, high, start, end);
    }

    /// <summary>The place of a value.</summary>
    public double At(double value) => Start + ((End - Start) * (value - Low) / (High - Low));
}
