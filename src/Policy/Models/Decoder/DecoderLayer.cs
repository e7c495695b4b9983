using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>One pre-norm decoder layer: attention with rotary positions, then the feed-forward, each added to the stream.</summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig _config;
    private readonly int _index;
    private readonly Tensor _inputNorm, _innerNorm;
    private readonly Tensor? _queryNorm, _keyNorm;
    private readonly Linear _query, _key, _value, _output;
    private readonly IFeedForward _feedForward;

    internal DecoderLayer(ModelConfig config, ParameterTable parameters, int index)
    {
        (_config, _index) = (config, index);
        string Name(string name) => ModelLayout.Layer(index, name);
        Linear Module(string name) => new(parameters, Name(name));
        (_inputNorm, _innerNorm) = (parameters[Name("input_layernorm.weight")], parameters[Name("post_attention_layernorm.weight")]);
        (_queryNorm, _keyNorm) = (parameters.Find(Name("self_attn.q_norm.weight")), parameters.Find(Name("self_attn.k_norm.weight")));
        (_query, _key, _value) = (Module("self_attn.q_proj"), Module("self_attn.k_proj"), Module("self_attn.v_proj"));
        _output = Module("self_attn.o_proj");
        _feedForward = config.Experts is { } experts && experts.RoutedLayers[index]
            ? new ExpertFeedForward(experts, parameters, Name("mlp"))
            : new GatedFeedForward(parameters, Name("mlp"));
    }

    /// <summary>Whole sequences (B, T, C). <paramref name="store"/> receives the rotated keys and the values (B, T, K, D).</summary>
    internal Tensor Forward(Tensor xBTC, SequencePass pass, Action<int, Tensor, Tensor>? store = null)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(Norm(xBTC, _inputNorm), pass.Angles);
        store?.Invoke(_index, keys, values);
        var bias = _config.WindowOf(_index) is null ? pass.Mask.WholeBTT : pass.Mask.WindowedBTT;
        return Finish(xBTC, Attention.Apply(queries, keys, values, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>One new token per running sequence (R, C).</summary>
    internal Tensor Decode(Tensor xRC, DecodeStep step)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(Norm(xRC, _inputNorm), step.Angles);
        return Finish(xRC, step.Attend(_index, queries, keys, values)).MoveToOuterDisposeScope();
    }

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
        var middle = x + _output.Apply(attended);
        return middle + _feedForward.Apply(Norm(middle, _innerNorm));
    }
}
