using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Audio;

/// <summary>
/// One layer of an audio tower: norm, attention within segments, norm, two linear layers with GELU, each added to the
/// stream.
/// </summary>
internal sealed class AudioLayer
{
    private readonly AudioConfig _config;
    private readonly AudioNorm _attentionNorm;
    private readonly AudioNorm _lastNorm;
    private readonly Linear _queries;
    private readonly Linear _keys;
    private readonly Linear _values;
    private readonly Linear _output;
    private readonly Linear _first;
    private readonly Linear _second;

    internal AudioLayer(AudioConfig config, LinearLayers layers, int index)
    {
        string Name(string name) => AudioLayout.Layer(index, name);
        _config = config;
        _attentionNorm = new AudioNorm(layers.Parameters, Name("self_attn_layer_norm"));
        _keys = layers.Add(Name("self_attn.k_proj"));
        _values = layers.Add(Name("self_attn.v_proj"));
        _queries = layers.Add(Name("self_attn.q_proj"));
        _output = layers.Add(Name("self_attn.out_proj"));
        _first = layers.Add(Name("fc1"));
        _second = layers.Add(Name("fc2"));
        _lastNorm = new AudioNorm(layers.Parameters, Name("final_layer_norm"));
    }

    /// <summary>Runs the positions (P, C) of a whole batch.</summary>
    internal Tensor Forward(Tensor xPC, SegmentAttention segments)
    {
        using var scope = NewDisposeScope();
        var normed = _attentionNorm.Apply(xPC);
        Tensor Heads(Linear layer) => layer.Apply(normed).view(-1, _config.Heads, _config.HeadSize);
        var attended = segments.Apply(Heads(_queries), Heads(_keys), Heads(_values));
        var middle = xPC.Plus(_output.Apply(attended));
        return middle.Plus(_second.Apply(gelu(_first.Apply(_lastNorm.Apply(middle))))).MoveToOuterDisposeScope();
    }
}
