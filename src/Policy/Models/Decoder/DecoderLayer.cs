using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// One pre-norm layer of a decoder: attention with rotary positions, then the feed-forward, each added to the residual
/// stream. Letters in names are axes: B sequences, T tokens, R running sequences, C hidden, H heads, K key-value heads,
/// D head size.
/// </summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig _config;
    private readonly int _index;
    private readonly Tensor _inputNorm;
    private readonly Tensor _innerNorm;
    private readonly Tensor? _queryNorm;
    private readonly Tensor? _keyNorm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly IFeedForward _feedForward;

    internal DecoderLayer(ModelConfig config, LinearLayers layers, int index)
    {
        string Name(string name) => DecoderLayout.Layer(index, name);
        _config = config;
        _index = index;
        _inputNorm = layers.Parameters[Name("input_layernorm.weight")];
        _innerNorm = layers.Parameters[Name("post_attention_layernorm.weight")];
        _queryNorm = layers.Parameters.Find(Name("self_attn.q_norm.weight"));
        _keyNorm = layers.Parameters.Find(Name("self_attn.k_norm.weight"));
        _query = layers.Add(Name("self_attn.q_proj"));
        _key = layers.Add(Name("self_attn.k_proj"));
        _value = layers.Add(Name("self_attn.v_proj"));
        _output = layers.Add(Name("self_attn.o_proj"));
        _feedForward = config.Experts is { } experts && experts.RoutedLayers[index]
            ? new ExpertFeedForward(experts, layers, Name("mlp"))
            : new GatedFeedForward(layers, Name("mlp"));
    }

    /// <summary>Runs whole sequences (B, T, C).</summary>
    /// <param name="xBTC">The residual stream before the layer.</param>
    /// <param name="pass">What all layers share.</param>
    /// <param name="store">Receives the layer's index, its rotated keys and its values (B, T, K, D).</param>
    /// <returns>The residual stream (B, T, C) after the layer.</returns>
    internal Tensor Forward(Tensor xBTC, SequencePass pass, Action<int, Tensor, Tensor>? store = null)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(Norm(xBTC, _inputNorm), pass.Angles);
        store?.Invoke(_index, keys, values);
        if (pass.Before is { } before)
        {
            keys = After(before[_index].Keys, keys);
            values = After(before[_index].Values, values);
        }

        var mask = _config.WindowOf(_index) is null ? pass.Mask.WholeBTT : pass.Mask.WindowedBTT;
        var output = Finish(xBTC, Attention.Apply(queries, keys, values, mask));
        return (pass.Deep?.AddTo(output, _index) ?? output).MoveToOuterDisposeScope();
    }

    /// <summary>Runs one new token of each running sequence (R, C).</summary>
    internal Tensor Decode(Tensor xRC, DecodeStep step)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(Norm(xRC, _inputNorm), step.Angles);
        return Finish(xRC, step.Attend(_index, queries, keys, values)).MoveToOuterDisposeScope();
    }

    private static Tensor After(Tensor sharedT, Tensor xBTKD) =>
        cat([sharedT.expand(xBTKD.size(0), -1, -1, -1), xBTKD], 1);

    private Tensor Norm(Tensor x, Tensor weight) => RmsNorm.Apply(x, weight, _config.RmsNormEpsilon);

    private (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor normed, (Tensor Cos, Tensor Sin) angles)
    {
        Tensor Heads(Linear module, int count, Tensor? norm = null)
        {
            var heads = module.Apply(normed).view([.. normed.shape[..^1], count, _config.HeadSize]);
            return norm is null ? heads : Norm(heads, norm);
        }

        return (
            RotaryTable.Rotate(Heads(_query, _config.Heads, _queryNorm), angles),
            RotaryTable.Rotate(Heads(_key, _config.KeyValueHeads, _keyNorm), angles),
            Heads(_value, _config.KeyValueHeads));
    }

    private Tensor Finish(Tensor x, Tensor attended)
    {
        var middle = x.Plus(_output.Apply(attended));
        return middle.Plus(_feedForward.Apply(Norm(middle, _innerNorm)));
    }
}
