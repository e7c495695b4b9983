using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The norm of a tower's family: layer norm with bias, or RMS norm.</summary>
internal sealed class VisionNorm
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    internal VisionNorm(VisionConfig config, ParameterTable parameters, string name)
    {
        _weight = parameters[name + ".weight"];
        _bias = config.Family == VisionFamily.Qwen2 ? parameters[name + ".bias"] : null;
    }

    internal Tensor Apply(Tensor x) => _bias is null
        ? RmsNorm.Apply(x, _weight, VisionConfig.NormEpsilon)
        : nn.functional.layer_norm(x, [x.size(-1)], _weight, _bias, VisionConfig.NormEpsilon);
}
