using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Vision;

/// <summary>One block of a vision tower: norm, attention within segments, norm, MLP, each added to the stream.</summary>
internal sealed class VisionBlock
{
    private readonly VisionConfig _config;
    private readonly VisionNorm _attentionNorm, _mlpNorm;
    private readonly Linear _joined, _output;
    private readonly Linear[] _mlp;

    internal VisionBlock(VisionConfig config, ParameterTable parameters, int index)
    {
        _config = config;
        Linear Module(string name) => new(parameters, VisionLayout.Block(index, name));
        _attentionNorm = new VisionNorm(config, parameters, VisionLayout.Block(index, "norm1"));
        _mlpNorm = new VisionNorm(config, parameters, VisionLayout.Block(index, "norm2"));
        (_joined, _output) = (Module("attn.qkv"), Module("attn.proj"));
        string[] layers = config.Family == VisionFamily.Qwen2 ? ["fc1", "fc2"] : ["gate_proj", "up_proj", "down_proj"];
        _mlp = [.. layers.Select(layer => Module("mlp." + layer))];
    }

    /// <summary>Patches (P, C) of a whole batch.</summary>
    internal Tensor Forward(Tensor xPC, (Tensor Cos, Tensor Sin) angles, SegmentAttention segments)
    {
        using var scope = NewDisposeScope();
        var joined = _joined.Apply(_attentionNorm.Apply(xPC)).view(-1, 3, _config.Heads, _config.HeadSize);
        var attended = segments.Apply(
            RotaryTable.Rotate(joined.select(1, 0), angles), RotaryTable.Rotate(joined.select(1, 1), angles), joined.select(1, 2));
        var middle = xPC + _output.Apply(attended);
        return (middle + Mlp(_mlpNorm.Apply(middle))).MoveToOuterDisposeScope();
    }

    private Tensor Mlp(Tensor x) => _config.Family == VisionFamily.Qwen2
        ? _mlp[1].Apply(QuickGelu(_mlp[0].Apply(x)))
        : _mlp[2].Apply(silu(_mlp[0].Apply(x)) * _mlp[1].Apply(x));

    /// <summary>x * sigmoid(1.702 x), the approximation of GELU that CLIP introduced.</summary>
    private static Tensor QuickGelu(Tensor x) => x * (x * 1.702).sigmoid();
}
