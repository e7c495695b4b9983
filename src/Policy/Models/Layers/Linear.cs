using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// A linear layer, y = W x + b, over the weights of one module of a checkpoint. An adapter may change it.
/// </summary>
internal sealed class Linear
{
    /// <summary>Takes the weights from a table; <see cref="LinearLayers"/> makes the layers of a model.</summary>
    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
    /// <param name="weight">
    /// Name of the module's weight where it is that of another one, as in a tied output layer.
    /// </param>
    internal Linear(ParameterTable parameters, string module, string? weight = null)
    {
        Module = module;
        WeightName = weight ?? module + ".weight";
        BiasName = module + ".bias";
        Weight = parameters[WeightName];
        Bias = parameters.Find(BiasName);
    }

    internal string Module { get; }

    internal string WeightName { get; }

    internal string BiasName { get; }

    /// <summary>The matrix (out, in).</summary>
    internal Tensor Weight { get; }

    /// <summary>The bias (out); null where the module has none.</summary>
    internal Tensor? Bias { get; }

    /// <summary>What is computed in place of W x + b while an adapter is active.</summary>
    internal Func<Tensor, Tensor>? Adapted { get; set; }

    /// <summary>Maps (..., in) to (..., out).</summary>
    internal Tensor Apply(Tensor x) => Adapted is { } adapted ? adapted(x) : nn.functional.linear(x, Weight, Bias);
}
