using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// The linear layers of one model in the order in which its blocks are built, with the weights that they are built on.
/// A block adds its own; an adapter looks here for what it may change.
/// </summary>
/// <param name="parameters">The model's weights.</param>
internal sealed class LinearLayers(ParameterTable parameters)
{
    private readonly List<Linear> _all = [];

    /// <summary>The model's weights, linear layers' and others.</summary>
    internal ParameterTable Parameters => parameters;

    /// <summary>Every layer added so far.</summary>
    internal IReadOnlyList<Linear> All => _all;

    /// <summary>The layer of a module that has been added.</summary>
    internal Linear this[string module] => _all.Find(layer => layer.Module == module)
        ?? throw new KeyNotFoundException($"the model has no linear layer {module}");

    /// <summary>Makes the layer of a module.</summary>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
    /// <param name="weight">
    /// Name of the module's weight where it is that of another one, as in a tied output layer.
    /// </param>
    internal Linear Add(string module, string? weight = null)
    {
        var layer = new Linear(parameters, module, weight);
        _all.Add(layer);
        return layer;
    }
}
