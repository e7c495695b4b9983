using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Vision;

/// <summary>One block of a vision tower: norm, attention within segments, norm, MLP, each added to the stream.</summary>
internal sealed class VisionBlock
{
    private readonly VisionConfig _config;
    private readonly VisionNorm _attentionNorm, _mlpNorm;
    private readonly Tensor _joinedWeight, _joinedBias, _outputWeight, _outputBias;
    private readonly (Tensor Weight, Tensor Bias)[] _mlp;

    internal VisionBlock(VisionConfig config, ParameterTable parameters, int index)
    {
        _config = config;
        Tensor Of(string name) => parameters[VisionLayout.Block(index, name)];
        _attentionNorm = new VisionNorm(config, parameters, VisionLayout.Block(index, "norm1"));
        _mlpNorm = new VisionNorm(config, parameters, VisionLayout.Block(index, "norm2"));
        (_joinedWeight, _joinedBias) = (Of("attn.qkv.weight"), Of("attn.qkv.bias"));
        (_outputWeight, _outputBias) = (Of("attn.proj.weight"), Of("attn.proj.bias"));
        string[] layers = config.Family == VisionFamily.Qwen2 ? ["fc1", "fc2"] : ["gate_proj", "up_proj", "down_proj"];
        _mlp = [.. layers.Select(layer => (Of($"mlp.{layer}.weight"), Of($"mlp.{layer}.bias")))];
    }

    /// <summary>Patches (P, C) of a whole batch.</summary>
    internal Tensor Forward(Tensor xPC, (Tensor Cos, Tensor Sin) angles, SegmentAttention segments)
    {
        using var scope = NewDisposeScope();
        var joined = linear(_attentionNorm.Apply(xPC), _joinedWeight, _joinedBias).view(-1, 3, _config.Heads, _config.HeadSize);
        var attended = segments.Apply(
            RotaryTable.Rotate(joined.select(1, 0), angles), RotaryTable.Rotate(joined.select(1, 1), angles), joined.select(1, 2));
        var middle = xPC + linear(attended, _outputWeight, _outputBias);
        return (middle + Mlp(_mlpNorm.Apply(middle))).MoveToOuterDisposeScope();
    }

    private Tensor Mlp(Tensor x)
    {
        Tensor Layer(int index, Tensor input) => linear(input, _mlp[index].Weight, _mlp[index].Bias);
        return _config.Family == VisionFamily.Qwen2
            ? Layer(1, QuickGelu(Layer(0, x)))
            : Layer(2, silu(Layer(0, x)) * Layer(1, x));
    }

    /// <summary>x * sigmoid(1.702 x), the approximation of GELU that CLIP introduced.</summary>
    private static Tensor QuickGelu(Tensor x) => x * (x * 1.702).sigmoid();
}
