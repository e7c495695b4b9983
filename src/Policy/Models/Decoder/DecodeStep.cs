using R1Reward.Policy.Models.Configuration;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>What all layers of one decoding step share: where the new token goes and what it sees.</summary>
internal sealed class DecodeStep
{
    private readonly KvCache _cache;
    private readonly ModelConfig _config;
    private readonly Tensor? _places;
    private readonly Tensor? _maskRL;
    private readonly Tensor? _windowedMaskRL;
    private readonly int _longest;

    internal DecodeStep(
        KvCache cache,
        ModelConfig config,
        (Tensor Cos, Tensor Sin) angles,
        Device device,
        ScalarType dtype)
    {
        _cache = cache;
        _config = config;
        Angles = angles;
        UsesKernel = CpuAttention.Fits(cache);
        if (UsesKernel)
        {
            return;
        }

        var places = Array.ConvertAll(cache.Lengths.ToArray(), length => (long)length);
        _longest = (int)places.Max() + 1;
        var lengths = tensor(places, dtype: ScalarType.Int64, device: device).view(-1, 1);
        var first = Range(cache.Rows, ScalarType.Int64, device).view(-1, 1) * Kept(config.KeyValueHeads);
        var heads = Range(config.KeyValueHeads, ScalarType.Int64, device).view(1, -1);
        _places = (first.Plus(heads) * Kept(cache.Capacity)).Plus(lengths).view(-1);
        var positions = Range(_longest, ScalarType.Int64, device).view(1, -1);
        _maskRL = zeros([cache.Rows, _longest], dtype: dtype, device: device)
            .masked_fill_(positions > lengths, Kept(double.NegativeInfinity));
        _windowedMaskRL = config.Window is { } window
            ? _maskRL.masked_fill(positions <= lengths.Plus(-window), Kept(double.NegativeInfinity))
            : null;
    }

    internal (Tensor Cos, Tensor Sin) Angles { get; }

    private bool UsesKernel { get; }

    /// <summary>
    /// Adds the new keys and values (R, K, D) to a layer's slabs and attends with the queries (R, H, D).
    /// </summary>
    /// <returns>The attended values (R, H*D).</returns>
    internal Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        var window = _config.WindowOf(layer);
        if (UsesKernel)
        {
            return new CpuAttention(_cache, layer, _config.Heads, window).AttendAll(
                _cache.Lengths.ToArray(), queries.contiguous(), keys.contiguous(), values.contiguous());
        }

        var (keySlab, valueSlab) = _cache.Layer(layer);
        long rows = _cache.Rows;
        long shared = _config.KeyValueHeads;
        long size = _config.HeadSize;
        var group = _config.Heads / shared;
        keySlab.view(-1, size).index_copy_(0, _places!, keys.reshape(-1, size));
        valueSlab.view(-1, size).index_copy_(0, _places!, values.reshape(-1, size));
        var seenKeys = keySlab.narrow(0, 0, rows).narrow(2, 0, _longest).view(rows * shared, _longest, size);
        var seenValues = valueSlab.narrow(0, 0, rows).narrow(2, 0, _longest).view(rows * shared, _longest, size);
        var bias = (window is null ? _maskRL : _windowedMaskRL)!.view(rows, 1, 1, _longest)
            .expand(rows, shared, 1, _longest)
            .reshape(rows * shared, 1, _longest);
        var grouped = queries.reshape(rows * shared, group, size);
        var scale = (float)(1 / Math.Sqrt(size));
        var weights = grouped.baddbmm(seenKeys.transpose(1, 2), bias, beta: 1, alpha: scale).softmax(-1);
        return weights.bmm(seenValues).view(rows, shared * group * size);
    }
}
