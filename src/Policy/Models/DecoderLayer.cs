using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models;

/// <summary>One pre-norm decoder layer: attention with rotary positions, then the gated feed-forward, each added to the stream.</summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig _config;
    private readonly Tensor _inputNorm, _queryWeight, _queryBias, _keyWeight, _keyBias, _valueWeight, _valueBias, _outputWeight;
    private readonly Tensor _innerNorm, _gateWeight, _upWeight, _downWeight;

    internal DecoderLayer(ModelConfig config, ParameterTable parameters, int index)
    {
        _config = config;
        Tensor Of(string name) => parameters[ModelLayout.Layer(index, name)];
        _inputNorm = Of("input_layernorm.weight");
        (_queryWeight, _queryBias) = (Of("self_attn.q_proj.weight"), Of("self_attn.q_proj.bias"));
        (_keyWeight, _keyBias) = (Of("self_attn.k_proj.weight"), Of("self_attn.k_proj.bias"));
        (_valueWeight, _valueBias) = (Of("self_attn.v_proj.weight"), Of("self_attn.v_proj.bias"));
        _outputWeight = Of("self_attn.o_proj.weight");
        _innerNorm = Of("post_attention_layernorm.weight");
        (_gateWeight, _upWeight, _downWeight) = (Of("mlp.gate_proj.weight"), Of("mlp.up_proj.weight"), Of("mlp.down_proj.weight"));
    }

    /// <summary>Whole sequences (B, T, C). <paramref name="store"/> receives the rotated keys and the values (B, T, K, D).</summary>
    internal Tensor Forward(Tensor xBTC, (Tensor Cos, Tensor Sin) angles, AttentionMask mask, Action<Tensor, Tensor>? store = null)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(RmsNorm.Apply(xBTC, _inputNorm, _config.RmsNormEpsilon), angles);
        store?.Invoke(keys, values);
        return Finish(xBTC, Attention.Apply(queries, keys, values, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>One new token per running sequence (R, C).</summary>
    internal Tensor Decode(Tensor xRC, DecodeStep step, int index)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Project(RmsNorm.Apply(xRC, _inputNorm, _config.RmsNormEpsilon), step.Angles);
        return Finish(xRC, step.Attend(index, queries, keys, values)).MoveToOuterDisposeScope();
    }

    private (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor normed, (Tensor Cos, Tensor Sin) angles)
    {
        long[] Heads(long count) => [.. normed.shape[..^1], count, _config.HeadSize];
        return (
            RotaryTable.Rotate(linear(normed, _queryWeight, _queryBias).view(Heads(_config.Heads)), angles),
            RotaryTable.Rotate(linear(normed, _keyWeight, _keyBias).view(Heads(_config.KeyValueHeads)), angles),
            linear(normed, _valueWeight, _valueBias).view(Heads(_config.KeyValueHeads)));
    }

    private Tensor Finish(Tensor x, Tensor attended)
    {
        var middle = x + linear(attended, _outputWeight);
        var normed = RmsNorm.Apply(middle, _innerNorm, _config.RmsNormEpsilon);
        return middle + linear(silu(linear(normed, _gateWeight)) * linear(normed, _upWeight), _downWeight);
    }
}
