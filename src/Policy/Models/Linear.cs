using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>y = W x + b over the weights of one module of the checkpoint; the bias may be absent.</summary>
internal sealed class Linear
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
    internal Linear(ParameterTable parameters, string module) =>
        (_weight, _bias) = (parameters[module + ".weight"], parameters.Find(module + ".bias"));

    /// <summary>From (..., in) to (..., out).</summary>
    internal Tensor Apply(Tensor x) => nn.functional.linear(x, _weight, _bias);
}
