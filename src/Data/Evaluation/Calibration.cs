using Newtonsoft.Json;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// Whether a judge is right as often as it is sure: the expected calibration error (Guo et al. 2017) of the probability
/// that it gives to the response that it names, 0.5 to 1 in ten ranges of equal width.
/// </summary>
/// <param name="Pairs">Pairs with a probability and a preferred response.</param>
/// <param name="Error">
/// Mean distance of accuracy and confidence, each range weighted by its pairs: 0 for a judge that is right in 80 % of
/// the cases in which it gives 0.8.
/// </param>
/// <param name="Bins">The ranges that hold pairs, from the least confident on.</param>
/// <example>
/// Two pairs of confidence 0.9 of which one is right, and two of 0.6 that are right: error (0.4 + 0.4) / 2 = 0.4.
/// </example>
public sealed record Calibration(
    [property: JsonProperty("pairs")] int Pairs,
    [property: JsonProperty("error")] double Error,
    [property: JsonProperty("bins")] IReadOnlyList<ReliabilityBin> Bins)
{
    private const int Ranges = 10;
    private const double Lowest = 0.5;
    private const double Width = (1 - Lowest) / Ranges;

    /// <summary>
    /// The calibration of probabilities; null where no pair has one and a preferred response. Of even probabilities
    /// half are right, whatever the label.
    /// </summary>
    /// <param name="pairs">The probability that the first response is preferred, and the label.</param>
    public static Calibration? Compute(IEnumerable<(double? First, PreferenceLabel? Label)> pairs)
    {
        var bins = pairs
            .Where(pair => pair.First is not null && pair.Label.Preferred() is not null)
            .Select(pair => (Confidence: Math.Max(pair.First!.Value, 1 - pair.First.Value), Right: Right(pair)))
            .GroupBy(pair => RangeOf(pair.Confidence))
            .OrderBy(range => range.Key)
            .Select(range => new ReliabilityBin(
                Lowest + (range.Key * Width),
                Lowest + ((range.Key + 1) * Width),
                range.Count(),
                range.Average(pair => pair.Confidence),
                range.Average(pair => pair.Right)))
            .ToList();
        var total = bins.Sum(bin => bin.Pairs);
        return total == 0 ? null : new Calibration(
            total, bins.Sum(bin => bin.Pairs * Math.Abs(bin.Accuracy - bin.Confidence)) / total, bins);
    }

    private static double Right((double? First, PreferenceLabel? Label) pair) => pair.First switch
    {
        0.5 => 0.5,
        > 0.5 => pair.Label == PreferenceLabel.First ? 1 : 0,
        _ => pair.Label == PreferenceLabel.Second ? 1 : 0,
    };

    // Shares such as 0.6 are not exact: what lies on an end belongs below it.
    private static int RangeOf(double confidence) =>
        Math.Clamp((int)Math.Ceiling(((confidence - Lowest) / Width) - 1e-9) - 1, 0, Ranges - 1);
}
