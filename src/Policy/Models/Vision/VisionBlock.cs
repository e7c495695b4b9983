using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// One block of a vision tower: norm, attention within segments, norm, MLP, each added to the stream.
/// </summary>
internal sealed class VisionBlock
{
    private readonly VisionConfig _config;
    private readonly VisionNorm _attentionNorm;
    private readonly VisionNorm _mlpNorm;
    private readonly Linear[] _inputs;
    private readonly Linear _output;
    private readonly VisionMlp _mlp;

    internal VisionBlock(VisionConfig config, LinearLayers layers, int index)
    {
        string Name(string name) => VisionLayout.Block(index, name);
        _config = config;
        _attentionNorm = new VisionNorm(config.Family, layers.Parameters, Name("norm1"));
        _mlpNorm = new VisionNorm(config.Family, layers.Parameters, Name("norm2"));
        string[] inputs = config.Family.HasSplitAttention ? VisionLayout.Split : ["attn.qkv"];
        _inputs = [.. inputs.Select(name => layers.Add(Name(name)))];
        _output = layers.Add(Name("attn.proj"));
        _mlp = new VisionMlp(config.Family, layers, Name("mlp"));
    }

    /// <summary>Runs the patches (P, C) of a whole batch.</summary>
    internal Tensor Forward(Tensor xPC, (Tensor Cos, Tensor Sin) angles, SegmentAttention segments)
    {
        using var scope = NewDisposeScope();
        var normed = _attentionNorm.Apply(xPC);
        Tensor[] parts = _inputs.Length == 1
            ? _inputs[0].Apply(normed).view(-1, 3, _config.Heads, _config.HeadSize).unbind(1)
            : [.. _inputs.Select(layer => layer.Apply(normed).view(-1, _config.Heads, _config.HeadSize))];
        var queries = RotaryTable.Rotate(parts[0], angles);
        var keys = RotaryTable.Rotate(parts[1], angles);
        var middle = xPC.Plus(_output.Apply(segments.Apply(queries, keys, parts[2])));
        return middle.Plus(_mlp.Apply(_mlpNorm.Apply(middle))).MoveToOuterDisposeScope();
    }
}
