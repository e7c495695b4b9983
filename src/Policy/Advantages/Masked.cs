namespace R1Reward.Policy.Advantages;

/// <summary>
/// Means and standardisation over counted tokens. Rows may differ in length; a mask row has the length of its value
/// row and holds 1 for a counted token, else 0. The layout is a list of rows throughout this folder: no padding needed.
/// </summary>
public static class Masked
{
    /// <summary>The mean of one row's counted values; 0 where none counts.</summary>
    public static double Mean(ReadOnlySpan<double> values, ReadOnlySpan<double> mask)
    {
        var (sum, count) = (0.0, 0.0);
        for (var t = 0; t < values.Length; t++)
        {
            sum += values[t] * mask[t];
            count += mask[t];
        }

        return count == 0.0 ? 0.0 : sum / count;
    }

    /// <summary>The mean of all counted values of all rows; 0 where none counts.</summary>
    public static double Mean(IReadOnlyList<double[]> rows, IReadOnlyList<double[]> mask) => AdvantageMoments.Of(rows, mask).Mean;

    /// <summary>
    /// All rows standardised by the mean and the population deviation of the counted values. Values that do not count
    /// are taken as 0 and shifted like the others, as the published helper does; whoever uses them masks them.
    /// </summary>
    public static double[][] Standardise(IReadOnlyList<double[]> rows, IReadOnlyList<double[]> mask)
    {
        var moments = AdvantageMoments.Of(rows, mask);
        return [.. rows.Select((row, b) => row.Select((value, t) => ((value * mask[b][t]) - moments.Mean) * moments.ReciprocalDeviation).ToArray())];
    }
}
