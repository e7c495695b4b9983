namespace R1Reward.Actors.Runs.Record;

/// <summary>Round numbers on an axis.</summary>
internal static class AxisTicks
{
    /// <summary>
    /// Two to six multiples of 1, 2 or 5 times a power of ten within a range; its ends where it has none.
    /// </summary>
    public static IReadOnlyList<double> Within(double low, double high)
    {
        var rough = (high - low) / 4;
        if (!(rough > 0) || !double.IsFinite(rough))
        {
            return [low];
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 5, 10 }.Select(times => times * power).First(size => size >= rough * 0.999);
        var first = Math.Ceiling((low / step) - 1e-9);
        var count = (int)(Math.Floor((high / step) + 1e-9) - first) + 1;
        return count >= 2 ? [.. Enumerable.Range(0, count).Select(i => (first + i) * step)] : [low, high];
    }
}
