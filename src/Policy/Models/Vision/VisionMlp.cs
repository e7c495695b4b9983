using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The MLP of a tower's block: gated with SiLU, or two layers with an approximation of GELU between them.
/// </summary>
internal sealed class VisionMlp
{
    private readonly Linear _first;
    private readonly Linear? _up;
    private readonly Linear _last;
    private readonly Func<Tensor, Tensor> _activation;

    /// <param name="family">The tower's family, which says which of the two it is.</param>
    /// <param name="layers">The model's linear layers, to which this adds two or three.</param>
    /// <param name="module">Name of the module, for example <c>visual.blocks.0.mlp</c>.</param>
    internal VisionMlp(VisionFamily family, LinearLayers layers, string module)
    {
        if (family.HasGatedMlp)
        {
            _first = layers.Add(module + ".gate_proj");
            _up = layers.Add(module + ".up_proj");
            _last = layers.Add(module + ".down_proj");
        }
        else
        {
            _first = layers.Add($"{module}.{family.Names.MlpIn}");
            _last = layers.Add($"{module}.{family.Names.MlpOut}");
        }

        _activation = family.Activation switch
        {
            "silu" => x => silu(x),
            "quick_gelu" => QuickGelu,
            _ => x => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
        };
    }

    /// <summary>Maps (P, C) to (P, C).</summary>
    internal Tensor Apply(Tensor x)
    {
        var inner = _activation(_first.Apply(x));
        return _last.Apply(_up is null ? inner : inner * _up.Apply(x));
    }

    /// <summary>x * sigmoid(1.702 x), the approximation of GELU that CLIP introduced.</summary>
    private static Tensor QuickGelu(Tensor x) => x * (x * Kept(1.702)).sigmoid();
}
