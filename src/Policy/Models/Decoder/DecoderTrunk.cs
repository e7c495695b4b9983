using System.Runtime.InteropServices;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// A decoder without its output layer: embedding, layers, final norm. Letters in names are axes: B sequences, T tokens,
/// C hidden, R running sequences, N chosen places.
/// </summary>
internal sealed class DecoderTrunk : IDisposable
{
    private readonly ModelConfig _config;
    private readonly Tensor _embedding;
    private readonly Tensor _finalNorm;
    private readonly DecoderLayer[] _layers;
    private readonly ParameterTable _parameters;
    private readonly CpuDecoder? _onCpu;
    private readonly LinearLayers _linear;
    private readonly CpuTrainedLayer[] _trained;

    /// <param name="config">The model's sizes.</param>
    /// <param name="layers">The model's linear layers, to which the trunk adds its own.</param>
    internal DecoderTrunk(ModelConfig config, LinearLayers layers)
    {
        _config = config;
        _parameters = layers.Parameters;
        _embedding = layers.Parameters[DecoderLayout.Embedding];
        _finalNorm = layers.Parameters[DecoderLayout.FinalNorm];
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(config, layers, i))];
        Rotary = new RotaryTable(config.Rope, config.HeadSize, layers.Parameters.Device, layers.Parameters.Dtype);
        _onCpu = CpuDecoder.For(config, layers, Rotary);
        _linear = layers;
        _trained = CpuTrainedLayer.Fits(config, layers.Parameters)
            ? [.. Enumerable.Range(0, config.Layers).Select(i => new CpuTrainedLayer(config, layers, i))]
            : [];
    }

    /// <summary>The rotary angles of the text's positions.</summary>
    internal RotaryTable Rotary { get; }

    /// <summary>Whether <see cref="GoOn"/> can be used now.</summary>
    internal bool HasKernels => _onCpu is not null && _onCpu.IsPlain;

    /// <summary>Whether decoding takes the kernels also where few rows make them slower.</summary>
    internal bool AlwaysByKernels { get; set; }

    /// <summary>Embeddings (B, T, C) of token ids (B, T).</summary>
    internal Tensor Embed(Tensor idsBT) =>
        _embedding.index_select(0, idsBT.reshape(-1)).view(idsBT.size(0), idsBT.size(1), _config.HiddenSize);

    /// <summary>The angles of text whose positions count from 0 or, under a mask (B, T), count real tokens.</summary>
    internal (Tensor Cos, Tensor Sin) Angles(int tokens, Tensor? maskBT) => maskBT is null
        ? Rotary.First(tokens)
        : Rotary.At(maskBT.to(ScalarType.Int64).cumsum(1).sub_(One).clamp_(min: Kept(0)), tokens - 1);

    /// <summary>Runs all layers over whole sequences.</summary>
    /// <param name="xBTC">The residual stream before the first layer.</param>
    /// <param name="pass">What the layers share.</param>
    /// <param name="store">Receives each layer's index, rotated keys and values (B, T, K, D).</param>
    /// <returns>The residual stream (B, T, C) after the last layer, before the final norm.</returns>
    internal Tensor Forward(Tensor xBTC, SequencePass pass, Action<int, Tensor, Tensor>? store = null)
    {
        using var scope = NewDisposeScope();
        var x = xBTC;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            using var weights = _parameters.Use(layer);
            x = ForwardLayer(layer, x, pass, store);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The residual stream (B, T, C) after one layer, whose weights have to be there.</summary>
    internal Tensor ForwardLayer(
        int index, Tensor xBTC, SequencePass pass, Action<int, Tensor, Tensor>? store = null) =>
        _layers[index].Forward(xBTC, pass, store);

    /// <summary>
    /// The layers for a pass over whole sequences by kernels that can carry a gradient back; null where the model or
    /// the pass leaves them to the tensor library.
    /// </summary>
    /// <param name="xBTC">The residual stream before the first layer.</param>
    /// <param name="pass">What the layers share.</param>
    /// <param name="keeps">Whether activations are kept instead of computed again.</param>
    internal ITrainedLayers? ByKernels(Tensor xBTC, SequencePass pass, bool keeps) =>
        _trained.Length > 0
            && CpuTrainedLayer.Fits(_config, xBTC.size(0) * xBTC.size(1))
            && pass is { Before: null, Deep: null }
            && !_linear.All.Any(layer => layer.Adapted is not null)
            ? new CpuTrainedLayers(_trained, pass, keeps, _parameters.Use)
            : null;

    /// <summary>Final-norm states (..., C) of the residual stream after the last layer.</summary>
    internal Tensor Norm(Tensor x) => RmsNorm.Apply(x, _finalNorm, _config.RmsNormEpsilon);

    /// <summary>
    /// Final-norm states (N, C) at places of the flattened (B*T): the norm runs on these places alone.
    /// </summary>
    internal Tensor NormAt(Tensor xBTC, Tensor placesN)
    {
        using var scope = NewDisposeScope();
        return Norm(xBTC.view(-1, _config.HiddenSize).index_select(0, placesN)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Feeds one token (R) to every row of a cache and keeps its keys and values; gives final-norm states (R, C).
    /// </summary>
    internal Tensor Decode(Tensor idsR, KvCache cache)
    {
        if (HasKernels && CpuAttention.Fits(cache) && (AlwaysByKernels || CpuProduct.Pays(cache.Rows)))
        {
            var ids = MemoryMarshal.Cast<byte, long>(idsR.bytes);
            var states = _onCpu!.Run(ids, cache, CpuTokens.OfEveryRow(cache));
            cache.Advance();
            return states;
        }

        using var scope = NewDisposeScope();
        var positions = cache.NextPositions();
        var device = _embedding.device;
        var angles = Rotary.At(tensor(positions, dtype: ScalarType.Int64, device: device), (int)positions.Max());
        var step = new DecodeStep(cache, _config, angles, device, _embedding.dtype);
        var x = _embedding.index_select(0, idsR);
        foreach (var layer in _layers)
        {
            x = layer.Decode(x, step);
        }

        cache.Advance();
        return Norm(x).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Feeds tokens (T) to the first row of a cache, which does not count them yet; gives final-norm states (T, C).
    /// </summary>
    internal Tensor GoOn(ReadOnlySpan<long> idsT, KvCache cache) =>
        _onCpu!.Run(idsT, cache, CpuTokens.OfFirstRow(cache));

    public void Dispose() => Rotary.Dispose();
}
