using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Audio;

/// <summary>The layer norm of an audio tower, with bias.</summary>
/// <param name="parameters">The model's weights.</param>
/// <param name="name">Name of the norm, for example <c>audio_tower.layer_norm</c>.</param>
internal sealed class AudioNorm(ParameterTable parameters, string name)
{
    private const double Epsilon = 1e-5;

    private readonly Tensor _weight = parameters[name + ".weight"];
    private readonly Tensor _bias = parameters[name + ".bias"];

    /// <summary>Norms the last axis of (..., C).</summary>
    internal Tensor Apply(Tensor x) => nn.functional.layer_norm(x, [x.size(-1)], _weight, _bias, Epsilon);
}
