using Newtonsoft.Json;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// How often values fall into each of fourteen ranges of equal width from the smallest to the largest one, as
/// LightRFT's scalar benchmark divides them.
/// </summary>
/// <param name="Edges">The fifteen ends of the ranges; a value on one counts above it, the largest below.</param>
/// <param name="Counts">How many values each range holds.</param>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Deviation">Their population deviation.</param>
public sealed record Histogram(
    [property: JsonProperty("edges")] IReadOnlyList<double> Edges,
    [property: JsonProperty("counts")] IReadOnlyList<int> Counts,
    [property: JsonProperty("mean")] double Mean,
    [property: JsonProperty("deviation")] double Deviation)
{
    private const int Bins = 14;
    private const double Narrow = 1e-6;

    /// <summary>How many values there are.</summary>
    [JsonIgnore]
    public int Total => Counts.Sum();

    /// <summary>Counts values; null without any.</summary>
    public static Histogram? Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var (low, high) = (values.Min(), values.Max());
        (low, high) = high - low < Narrow ? (low - Narrow, high + Narrow) : (low, high);
        var width = (high - low) / Bins;
        double[] edges = [.. Enumerable.Range(0, Bins).Select(bin => low + (bin * width)), high];
        var counts = new int[Bins];
        foreach (var value in values)
        {
            var bin = Array.BinarySearch(edges, value);
            counts[Math.Clamp(bin < 0 ? ~bin - 1 : bin, 0, Bins - 1)]++;
        }

        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return new Histogram(edges, counts, mean, deviation);
    }
}
