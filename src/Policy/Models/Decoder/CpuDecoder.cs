using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Passes of a dense float32 decoder on the CPU, without a tensor between embedding and final norm: at the sizes of a
/// decoding step the tensor library spends more time around its products than in them. A token's states depend on the
/// tokens before it in its row and on nothing else, to the last bit: not on other rows, nor on how many tokens are
/// computed at a time. Letters in names are axes: T tokens, C hidden.
/// </summary>
internal sealed unsafe class CpuDecoder
{
    // Vectors that begin with one are read fastest.
    private const int CacheLine = 64;

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

    /// <summary>
    /// Whether the weights are what is computed with: nothing adapts them, and they are where they were.
    /// </summary>
    internal bool IsPlain
    {
        get
        {
            foreach (var layer in _layers.All)
            {
                if (layer.Adapted is not null)
                {
                    return false;
                }
            }

            return _layers.Parameters.IsInPlace;
        }
    }

    /// <summary>
    /// Feeds tokens to a cache and keeps their keys and values, without counting them there. Gives their final-norm
    /// states (T, C).
    /// </summary>
    internal Tensor Run(ReadOnlySpan<long> idsT, KvCache cache, CpuTokens tokens)
    {
        var count = idsT.Length;
        var (place, position) = tokens.Largest(count);
        var angles = new CpuAngles(_rotary, position, _config.HeadSize);
        var result = empty([count, _config.HiddenSize], dtype: ScalarType.Float32, device: CPU);
        var stream = CpuMatrix.Start(result);
        Embed(idsT, stream);
        var parts = Math.Clamp(get_num_threads(), 1, count);
        var scratch = CpuDecoderLayer.Scratch(_config, (count + parts - 1) / parts);
        Reserve(parts, scratch + CpuAttention.ScoreCount(place));
        if (parts == 1)
        {
            PassAll(0);
        }
        else if (!tokens.InOneRow)
        {
            Parallel.For(0, parts, PassAll);
        }
        else
        {
            // A token sees others of this pass: their keys and values have to be there first.
            for (var layer = 0; layer < _decoders.Length; layer++)
            {
                var own = layer;
                Parallel.For(0, parts, part => Pass(part, own, projects: true, finishes: false));
                Parallel.For(0, parts, part => Pass(part, own, projects: false, finishes: true));
            }
        }

        Norm(stream, count);
        return result;

        void PassAll(int part)
        {
            for (var layer = 0; layer < _decoders.Length; layer++)
            {
                Pass(part, layer, projects: true, finishes: true);
            }
        }

        void Pass(int part, int layer, bool projects, bool finishes)
        {
            var share = (part * count / parts)..((part + 1) * count / parts);
            var attention = new CpuAttention(cache, layer, _config.Heads, _config.WindowOf(layer));
            fixed (float* start = _scratch[part])
            {
                var room = (float*)(((nuint)start + CacheLine - 1) / CacheLine * CacheLine);
                if (projects)
                {
                    _decoders[layer].Project(stream, share, tokens, attention, angles, room);
                }

                if (finishes)
                {
                    _decoders[layer].Finish(stream, share, tokens, attention, room);
                }
            }
        }
    }

    private void Embed(ReadOnlySpan<long> idsT, float* stream)
    {
        var width = _config.HiddenSize;
        for (var token = 0; token < idsT.Length; token++)
        {
            new ReadOnlySpan<float>(_embedding + (idsT[token] * width), width)
                .CopyTo(new Span<float>(stream + ((long)token * width), width));
        }
    }

    private void Norm(float* stream, int count)
    {
        var width = _config.HiddenSize;
        for (var token = 0; token < count; token++)
        {
            var states = stream + ((long)token * width);
            RowMath.Norm(states, _finalNorm, (float)_config.RmsNormEpsilon, states, width);
        }
    }

    private void Reserve(int parts, int numbers)
    {
        numbers += CacheLine / sizeof(float);
        if (_scratch.Length < parts || _scratch[0].Length < numbers)
        {
            // Some more than is needed now: sequences grow at every step. What a pass begins another finishes, so the
            // memory must not move between them.
            numbers += numbers / 4;
            _scratch =
            [
                .. Enumerable.Range(0, parts).Select(_ => GC.AllocateUninitializedArray<float>(numbers, pinned: true)),
            ];
        }
    }
}
