using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>down(silu(gate(x)) * up(x)).</summary>
internal sealed class GatedFeedForward : IFeedForward
{
    private readonly Linear _gate, _up, _down;

    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp</c>.</param>
    internal GatedFeedForward(ParameterTable parameters, string module)
    {
        _gate = new Linear(parameters, module + ".gate_proj");
        _up = new Linear(parameters, module + ".up_proj");
        _down = new Linear(parameters, module + ".down_proj");
    }

    public Tensor Apply(Tensor normed) => _down.Apply(silu(_gate.Apply(normed)) * _up.Apply(normed));
}
