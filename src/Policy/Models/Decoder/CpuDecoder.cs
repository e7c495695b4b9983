using System.Runtime.InteropServices;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Decoding steps of a dense float32 decoder on the CPU, without a tensor between embedding and final norm: at the
/// sizes of a decoding step the tensor library spends more time around its products than in them. Rows are independent,
/// so each thread takes its share of them through all layers, and a row's states do not depend on the others.
/// </summary>
internal sealed unsafe class CpuDecoder
{
    private readonly ModelConfig _config;
    private readonly LinearLayers _layers;
    private readonly RotaryTable _rotary;
    private readonly CpuDecoderLayer[] _decoders;
    private readonly float* _embedding;
    private readonly float* _finalNorm;
    private float[][] _scratch = [];

    private CpuDecoder(ModelConfig config, LinearLayers layers, RotaryTable rotary)
    {
        _config = config;
        _layers = layers;
        _rotary = rotary;
        _decoders = [.. Enumerable.Range(0, config.Layers).Select(i => new CpuDecoderLayer(config, layers, i))];
        _embedding = CpuMatrix.Start(layers.Parameters[DecoderLayout.Embedding]);
        _finalNorm = CpuMatrix.Start(layers.Parameters[DecoderLayout.FinalNorm]);
    }

    /// <summary>The decoder of a model; null where the tensor library has to do it.</summary>
    internal static CpuDecoder? For(ModelConfig config, LinearLayers layers, RotaryTable rotary) =>
        config.Experts is null && layers.Parameters.Specs.All(spec => CpuMatrix.Fits(layers.Parameters[spec.Name]))
            ? new CpuDecoder(config, layers, rotary)
            : null;

    /// <summary>Whether the next step can be computed here: nothing adapts the weights, and rows abound.</summary>
    internal bool Takes(KvCache cache) =>
        CpuProduct.Pays(cache.Rows)
        && CpuAttention.Fits(cache)
        && _layers.All.All(layer => layer.Adapted is null);

    /// <summary>
    /// Feeds one token (R) to every row of a cache and keeps its keys and values; gives final-norm states (R, C).
    /// </summary>
    internal Tensor Decode(ReadOnlySpan<long> idsR, KvCache cache)
    {
        var rows = idsR.Length;
        var width = _config.HiddenSize;
        var angles = new CpuAngles(_rotary, cache.NextPositions(), _config.HeadSize);
        CpuAttention[] attention =
        [
            .. _decoders.Select((_, layer) => new CpuAttention(cache, layer, _config.Heads, _config.WindowOf(layer))),
        ];
        var result = empty([rows, width], dtype: ScalarType.Float32, device: CPU);
        var stream = CpuMatrix.Start(result);
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(_embedding + (idsR[row] * width), width)
                .CopyTo(new Span<float>(stream + ((long)row * width), width));
        }

        var parts = Math.Clamp(get_num_threads(), 1, rows);
        Reserve(parts, ((rows + parts - 1) / parts * CpuDecoderLayer.ScratchPerRow(_config)) + attention[0].ScoreCount);
        if (parts == 1)
        {
            Run(0);
        }
        else
        {
            Parallel.For(0, parts, Run);
        }

        return result;

        void Run(int part)
        {
            var share = (part * rows / parts)..((part + 1) * rows / parts);
            var own = stream + ((long)share.Start.Value * width);
            fixed (float* scratch = _scratch[part])
            {
                for (var layer = 0; layer < _decoders.Length; layer++)
                {
                    _decoders[layer].Run(own, share, attention[layer], angles, scratch);
                }
            }

            for (var row = share.Start.Value; row < share.End.Value; row++)
            {
                var states = stream + ((long)row * width);
                RowMath.Norm(states, _finalNorm, (float)_config.RmsNormEpsilon, states, width);
            }
        }
    }

    private void Reserve(int parts, int numbers)
    {
        if (_scratch.Length < parts || _scratch[0].Length < numbers)
        {
            // Some more than is needed now: sequences grow at every step.
            _scratch = [.. Enumerable.Range(0, parts).Select(_ => new float[numbers + (numbers / 4)])];
        }
    }
}
