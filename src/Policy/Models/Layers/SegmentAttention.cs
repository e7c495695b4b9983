using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Attention within segments of one long row of patches. Segments of one length run as one batch, so that a frame's
/// many windows are a few large products; where all segments are equal, as for pictures of one size, nothing is moved
/// for it.
/// </summary>
internal sealed class SegmentAttention
{
    /// <summary>Attention weights that may exist at a time: 256 MiB in float32.</summary>
    private const long MaxWeights = 1 << 26;

    private readonly (int Length, int Count)[] _classes;
    private readonly Tensor? _gather;
    private readonly Tensor? _scatter;

    /// <param name="lengths">Patches of each segment, one after the other.</param>
    /// <param name="device">Where the patches are.</param>
    internal SegmentAttention(IReadOnlyList<int> lengths, Device device)
    {
        var starts = new int[lengths.Count];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + lengths[i - 1];
        }

        var byLength = Enumerable.Range(0, lengths.Count)
            .GroupBy(i => lengths[i])
            .OrderBy(group => group.Key)
            .ToList();
        _classes = [.. byLength.Select(group => (group.Key, group.Count()))];
        if (_classes.Length > 1)
        {
            var gather = byLength
                .SelectMany(group => group.SelectMany(i => Enumerable.Range(starts[i], lengths[i])))
                .Select(place => (long)place)
                .ToArray();
            _gather = tensor(gather, dtype: ScalarType.Int64, device: device);
            _scatter = tensor(Inverse(gather), dtype: ScalarType.Int64, device: device);
        }
    }

    /// <summary>The inverse of a permutation: where each of its elements went.</summary>
    internal static long[] Inverse(long[] permutation)
    {
        var inverse = new long[permutation.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[permutation[i]] = i;
        }

        return inverse;
    }

    /// <summary>Attends with rotated queries over rotated keys and values, each (P, H, D); gives (P, H*D).</summary>
    internal Tensor Apply(Tensor queries, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        if (_gather is not null)
        {
            queries = queries.index_select(0, _gather);
            keys = keys.index_select(0, _gather);
            values = values.index_select(0, _gather);
        }

        var parts = new List<Tensor>();
        var first = 0L;
        foreach (var (length, count) in _classes)
        {
            var start = first;
            var patches = (long)length * count;
            Tensor Part(Tensor all) =>
                all.narrow(0, start, patches).view(count, length, all.size(1), all.size(2)).transpose(1, 2);
            var attended = Attend(Part(queries), Part(keys), Part(values));
            parts.Add(attended.transpose(1, 2).reshape(patches, queries.size(1) * queries.size(2)));
            first += patches;
        }

        var joined = parts.Count == 1 ? parts[0] : cat(parts, 0);
        return (_scatter is null ? joined : joined.index_select(0, _scatter)).MoveToOuterDisposeScope();
    }

    /// <summary>Full attention among the patches of each segment, (S, H, L, D).</summary>
    private static Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        if (queries.device.type != DeviceType.CPU)
        {
            return nn.functional.scaled_dot_product_attention(queries, keys, values);
        }

        var segments = queries.size(0);
        var heads = queries.size(1);
        var length = queries.size(2);
        var size = queries.size(3);
        Tensor Flat(Tensor all) => all.reshape(segments * heads, length, size);
        var q = Flat(queries * Kept(1 / Math.Sqrt(size)));
        var k = Flat(keys).transpose(1, 2);
        var v = Flat(values);
        var step = Math.Max(1, MaxWeights / (length * length));
        var pieces = new List<Tensor>();
        for (var start = 0L; start < segments * heads; start += step)
        {
            var count = Math.Min(step, (segments * heads) - start);
            var weights = q.narrow(0, start, count).bmm(k.narrow(0, start, count)).softmax(-1);
            pieces.Add(weights.bmm(v.narrow(0, start, count)));
        }

        return (pieces.Count == 1 ? pieces[0] : cat(pieces, 0)).view(segments, heads, length, size);
    }
}
