using R1Reward.Policy.Exchange;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// The parts that a rank holds of a table's weights (stage 3 of ZeRO), cut into ranges of which none has something of
/// two layers. While one layer is used, the next one is on its way.
/// </summary>
internal sealed class WeightParts : IWeightParts, IDisposable
{
    private readonly ParameterTable _table;
    private readonly Func<ICollective> _ranks;
    private readonly WeightBuffers _buffers;
    private readonly Dictionary<GradientBucket, WeightPart> _parts;
    private readonly ILookup<int, WeightPart> _byLayer;
    private readonly ExchangeQueue _queue;
    private readonly bool _overlaps;
    private UsedWeights? _coming;

    /// <summary>Takes the own part of weights that are there, and frees them.</summary>
    /// <param name="table">The weights.</param>
    /// <param name="buckets">The ranges, each with the group that it lies in.</param>
    /// <param name="cut">The own part of each range.</param>
    /// <param name="ranks">Says who holds the other parts now.</param>
    /// <param name="queue">Makes the exchanges.</param>
    /// <param name="overlaps">Whether a layer is brought in while another one is used.</param>
    internal WeightParts(
        ParameterTable table,
        IEnumerable<(ParameterGroup Group, GradientBucket Bucket)> buckets,
        RankCut cut,
        Func<ICollective> ranks,
        ExchangeQueue queue,
        bool overlaps)
    {
        (_queue, _overlaps) = (queue, overlaps);
        (_table, _ranks, _buffers) = (table, ranks, new WeightBuffers(table));
        _parts = buckets.ToDictionary(
            one => one.Bucket, one => new WeightPart(table, one.Group, one.Bucket, cut, _buffers));
        _byLayer = _parts.Values.ToLookup(part => PlaceOf(part.Layer));
        Layers = Math.Min(_byLayer.Max(layer => layer.Key) + 1, table.PassedLayers);
        table.Release(this);
    }

    /// <summary>As the other, for a table that no optimiser cuts.</summary>
    internal WeightParts(ParameterTable table, RankCut cut, Func<ICollective> ranks)
        : this(
            table,
            GradientBuckets.Cut(table.Groups, new AdamWOptions().BucketBytes, byLayer: true)
                .Select(bucket => (table.Groups[bucket.Group], bucket)),
            cut,
            ranks,
            new ExchangeQueue(),
            overlaps: true)
    {
    }

    /// <summary>How many layers of the decoder a pass goes through.</summary>
    internal int Layers { get; }

    /// <summary>What this rank holds of the weights in one range of the flat gradients.</summary>
    internal WeightPart this[GradientBucket bucket] => _parts[bucket];

    /// <inheritdoc/>
    public IDisposable Use(int layer, bool backwards = false)
    {
        var used = _coming;
        _coming = null;
        if (used?.Layer != layer)
        {
            // A pass that ended before its time has left what it would have used next.
            used?.Dispose();
            used = Begin(layer);
        }

        used.Await();
        var next = backwards ? layer - 1 : layer + 1;
        _coming = _overlaps && layer >= 0 && next >= 0 && next < Layers ? Begin(next) : null;
        return used;
    }

    /// <inheritdoc/>
    public IDisposable UseOthers() => Use(-1);

    /// <inheritdoc/>
    public int MostPasses(int own) => (int)_ranks().Gather([own]).Max(one => one[0]);

    /// <inheritdoc/>
    public void Accompany()
    {
        using var others = UseOthers();
        AccompanyLayers();
    }

    /// <summary>Brings in and drops the layers as a pass without gradients uses them.</summary>
    internal void AccompanyLayers()
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            Use(layer).Dispose();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(ParameterSpec Spec, long Start, Tensor Values)> Held() =>
        _parts.Values.SelectMany(part => part.Held());

    /// <inheritdoc/>
    public IEnumerable<ParameterSpec> InOrder()
    {
        IDisposable? used = null;
        int? there = null;
        try
        {
            foreach (var spec in _table.Specs)
            {
                var layer = PlaceOf(GradientBuckets.LayerOf(spec.Name));
                if (layer != there)
                {
                    used?.Dispose();
                    (used, there) = (Use(layer), layer);
                }

                yield return spec;
            }
        }
        finally
        {
            used?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _coming?.Dispose();
        foreach (var part in _parts.Values)
        {
            part.Dispose();
        }

        _buffers.Dispose();
    }

    private UsedWeights Begin(int layer) => new(layer, [.. _byLayer[layer]], _ranks(), _queue);

    // What is before the layers and what is after them are used together.
    private static int PlaceOf(int layer) => layer == GradientBuckets.OutputLayer ? -1 : layer;
}
