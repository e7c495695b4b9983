using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The norm of a tower: layer norm with bias, or RMS norm, as its family has it.</summary>
/// <param name="family">The tower's family.</param>
/// <param name="parameters">The model's weights.</param>
/// <param name="name">Name of the norm, for example <c>visual.blocks.0.norm1</c>.</param>
internal sealed class VisionNorm(VisionFamily family, ParameterTable parameters, string name)
{
    private readonly Tensor _weight = parameters[name + ".weight"];
    private readonly Tensor? _bias = family.HasLayerNorms ? parameters[name + ".bias"] : null;

    /// <summary>Norms the last axis of (..., C).</summary>
    internal Tensor Apply(Tensor x) => _bias is null
        ? RmsNorm.Apply(x, _weight, VisionConfig.NormEpsilon)
        : nn.functional.layer_norm(x, [x.size(-1)], _weight, _bias, VisionConfig.NormEpsilon);
}
