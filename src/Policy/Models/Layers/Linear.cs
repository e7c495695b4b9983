using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>y = W x + b over the weights of one module of the checkpoint; the bias may be absent. An adapter may change it.</summary>
internal sealed class Linear
{
    /// <summary>Takes the weights and makes the module known to <see cref="ParameterTable.Modules"/>.</summary>
    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
    /// <param name="weight">Name of its weight where the module has none of its own: a tied output layer.</param>
    internal Linear(ParameterTable parameters, string module, string? weight = null)
    {
        (Module, WeightName, BiasName) = (module, weight ?? module + ".weight", module + ".bias");
        (Weight, Bias) = (parameters[WeightName], parameters.Find(BiasName));
        parameters.Modules.Add(module, this);
    }

    internal string Module { get; }

    internal string WeightName { get; }

    internal string BiasName { get; }

    /// <summary>(out, in).</summary>
    internal Tensor Weight { get; }

    /// <summary>(out).</summary>
    internal Tensor? Bias { get; }

    /// <summary>What stands in for this module while an adapter is active.</summary>
    internal Func<Tensor, Tensor>? Adapted { get; set; }

    /// <summary>From (..., in) to (..., out).</summary>
    internal Tensor Apply(Tensor x) => Adapted is { } adapted ? adapted(x) : nn.functional.linear(x, Weight, Bias);
}
