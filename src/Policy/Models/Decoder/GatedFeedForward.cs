using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>The gated feed-forward layer (SwiGLU, Shazeer 2020): down(silu(gate(x)) * up(x)).</summary>
/// <param name="layers">The model's linear layers, to which this adds three.</param>
/// <param name="module">Name of the module, for example <c>model.layers.0.mlp</c>.</param>
internal sealed class GatedFeedForward(LinearLayers layers, string module) : IFeedForward
{
    private readonly Linear _gate = layers.Add(module + ".gate_proj");
    private readonly Linear _up = layers.Add(module + ".up_proj");
    private readonly Linear _down = layers.Add(module + ".down_proj");

    public Tensor Apply(Tensor normed) => _down.Apply(silu(_gate.Apply(normed)) * _up.Apply(normed));
}
