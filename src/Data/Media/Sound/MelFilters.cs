namespace R1Reward.Data.Media.Sound;

/// <summary>
/// Triangular filters on the mel scale of Slaney's Auditory Toolbox (linear below 1000 Hz, logarithmic above), each of
/// unit area: the filters of Whisper.
/// </summary>
internal static class MelFilters
{
    private const double LinearStep = 200.0 / 3;
    private const double LogStart = 1000;
    private const double LogStartMel = LogStart / LinearStep;

    private static readonly double _logStep = Math.Log(6.4) / 27;

    /// <summary>The filters from 0 Hz to half the rate.</summary>
    /// <param name="bins">Number of filters.</param>
    /// <param name="frequencies">Frequencies of the spectrum, evenly from 0 to <paramref name="highest"/>.</param>
    /// <param name="highest">Half the sampling rate, in Hz.</param>
    /// <returns>For each filter its first frequency that counts and the weights from there on.</returns>
    public static (int First, double[] Weights)[] Make(int bins, int frequencies, double highest)
    {
        var top = ToMel(highest);
        double[] edges = [.. Enumerable.Range(0, bins + 2).Select(i => ToHertz(top * i / (bins + 1)))];
        return [.. Enumerable.Range(0, bins).Select(bin => Filter(edges.AsSpan(bin, 3), frequencies, highest))];
    }

    private static (int First, double[] Weights) Filter(ReadOnlySpan<double> edges, int frequencies, double highest)
    {
        var weights = new double[frequencies];
        for (var i = 0; i < frequencies; i++)
        {
            var hertz = highest * i / (frequencies - 1);
            var rising = (hertz - edges[0]) / (edges[1] - edges[0]);
            var falling = (edges[2] - hertz) / (edges[2] - edges[1]);
            weights[i] = Math.Max(0, Math.Min(rising, falling)) * 2 / (edges[2] - edges[0]);
        }

        var first = Math.Max(0, Array.FindIndex(weights, weight => weight > 0));
        return (first, weights[first..(Array.FindLastIndex(weights, weight => weight > 0) + 1)]);
    }

    private static double ToMel(double hertz) => hertz < LogStart
        ? hertz / LinearStep
        : LogStartMel + (Math.Log(hertz / LogStart) / _logStep);

    private static double ToHertz(double mel) => mel < LogStartMel
        ? mel * LinearStep
        : LogStart * Math.Exp(_logStep * (mel - LogStartMel));
}
