using System.Globalization;
using System.Text.RegularExpressions;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Optimization;

/// <summary>Cuts flat gradient buffers into buckets, the same ones on every rank.</summary>
internal static partial class GradientBuckets
{
    internal const int OutputLayer = int.MaxValue;

    /// <summary>The buckets in the order in which a backward pass completes them.</summary>
    /// <param name="groups">The buffers.</param>
    /// <param name="leastBytes">
    /// Bytes of float32 sums that a bucket has at least, unless nothing is left, or the next weight has as many alone.
    /// </param>
    /// <param name="byLayer">Whether no bucket has something of two layers.</param>
    internal static IReadOnlyList<GradientBucket> Cut(
        IReadOnlyList<ParameterGroup> groups, long leastBytes, bool byLayer = false) =>
    [
        .. groups.SelectMany((group, index) => Cut(group, index, leastBytes / sizeof(float), byLayer))
            .OrderByDescending(bucket => bucket.Layer),
    ];

    private static IEnumerable<GradientBucket> Cut(ParameterGroup group, int index, long least, bool byLayer)
    {
        var (layer, count) = (OutputLayer, 0L);
        foreach (var (spec, offset) in group.Slices().Reverse())
        {
            // A weight that makes a bucket by itself needs no copy beside its gradient.
            if (count > 0 && (spec.Count >= least || (byLayer && LayerOf(spec.Name) != layer)))
            {
                yield return new(index, layer, offset + spec.Count, count);
                (layer, count) = (OutputLayer, 0);
            }

            (layer, count) = (Math.Min(layer, LayerOf(spec.Name)), count + spec.Count);
            if (count >= least || offset == 0)
            {
                yield return new(index, layer, offset, count);
                (layer, count) = (OutputLayer, 0);
            }
        }
    }

    /// <summary>The layer of the decoder that a weight is of; -1 where its gradient is complete at the end.</summary>
    internal static int LayerOf(string name)
    {
        var layer = LayerName().Match(name);
        return layer.Success ? int.Parse(layer.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : OutputName().IsMatch(name) ? OutputLayer : -1;
    }

    // Names of a model's weights and, with what stands before, of an adapter's; towers have layers of their own.
    [GeneratedRegex(@"^(?:base_model\.model\.)?model\.(?:language_model\.)?layers\.(\d+)\.")]
    private static partial Regex LayerName();

    [GeneratedRegex(@"^(?:base_model\.model\.)?(?:lm_head|score)\.")]
    private static partial Regex OutputName();
}
