using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Audio;

/// <summary>
/// Whisper's encoder as Qwen2-Audio and Qwen2.5-Omni have it: two convolutions, the second of which takes every other
/// column, positions, layers, the mean of each two neighbours, a norm and a linear layer to the decoder's width.
/// Letters in names are axes: N pieces, F mel filters, W columns, P positions, C width, M tokens.
/// </summary>
internal sealed class AudioTower : IDisposable
{
    private readonly AudioConfig _config;
    private readonly (Tensor Weight, Tensor Bias)[] _convolutions;
    private readonly Tensor _positions;
    private readonly AudioLayer[] _layers;
    private readonly AudioNorm _norm;
    private readonly Linear _output;

    internal AudioTower(AudioConfig config, LinearLayers layers)
    {
        var parameters = layers.Parameters;
        _config = config;
        _convolutions = [.. new[] { 1, 2 }.Select(AudioLayout.Convolution)
            .Select(name => ((Tensor)parameters[name + ".weight"], (Tensor)parameters[name + ".bias"]))];
        using var scope = NewDisposeScope();
        var table = config.Family.HasPositionTable
            ? parameters[AudioLayout.Positions].detach()
            : Sinusoids.Make(config.MaxPositions, config.Width).to(parameters.Dtype, parameters.Device);
        _positions = table.DetachFromDisposeScope();
        _layers = [.. Enumerable.Range(0, config.Depth).Select(index => new AudioLayer(config, layers, index))];
        _norm = new AudioNorm(parameters, config.Family.LastNorm);
        _output = layers.Add(config.Family.Output);
    }

    /// <summary>Number of layers; <see cref="Finish"/> comes after them.</summary>
    internal int Depth => _layers.Length;

    /// <summary>Tokens (M, decoder width) of sounds, one sound after the other.</summary>
    internal Tensor Forward(SoundPieces pieces)
    {
        using var scope = NewDisposeScope();
        var (x, segments) = Begin(pieces);
        for (var layer = 0; layer < Depth; layer++)
        {
            x = RunLayer(layer, x, segments);
        }

        return Finish(x, pieces).MoveToOuterDisposeScope();
    }

    /// <summary>The stream (P, C) before the first layer, and the attention that the layers share.</summary>
    internal (Tensor StreamPC, SegmentAttention Segments) Begin(SoundPieces pieces)
    {
        var device = _positions.device;
        var (features, mask) = pieces.Features(device, _positions.dtype);
        var (first, second) = (_convolutions[0], _convolutions[1]);
        var narrow = gelu(conv1d(features, first.Weight, first.Bias, padding: 1)).mul(mask);
        var halved = gelu(conv1d(narrow, second.Weight, second.Bias, stride: 2, padding: 1)).transpose(1, 2);
        var padded = halved.size(1);
        var placed = halved.Plus(_positions.narrow(0, 0, padded));
        var places = tensor(pieces.Places(padded), dtype: ScalarType.Int64, device: device);
        var stream = placed.reshape(-1, _config.Width).index_select(0, places);
        return (stream, new SegmentAttention(pieces.Positions, device));
    }

    /// <summary>The stream (P, C) after one layer.</summary>
    internal Tensor RunLayer(int index, Tensor xPC, SegmentAttention segments) => _layers[index].Forward(xPC, segments);

    /// <summary>Tokens of the decoder's width (M, ...): the mean of each two neighbours, normed and mapped.</summary>
    internal Tensor Finish(Tensor xPC, SoundPieces pieces)
    {
        using var scope = NewDisposeScope();
        var pairs = tensor(pieces.Pairs(), dtype: ScalarType.Int64, device: xPC.device);
        var pooled = xPC.index_select(0, pairs).Plus(xPC.index_select(0, pairs.Plus(1L))).mul(Kept(0.5));
        return _output.Apply(_norm.Apply(pooled)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _positions.Dispose();
}
