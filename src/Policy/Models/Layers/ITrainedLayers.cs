using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>Layers whose backward pass is carried on one by one, last first.</summary>
internal interface ITrainedLayers
{
    /// <summary>Runs all layers. What comes out has no graph.</summary>
    /// <param name="start">The first layer's input, detached; owned by this object from here on.</param>
    Tensor Forward(Tensor start);

    /// <summary>Carries a gradient back through all layers.</summary>
    /// <param name="gradient">The gradient of what came out; disposed here.</param>
    /// <param name="complete">
    /// Told the number of a layer once it and all after it have their gradients; first the number of layers.
    /// </param>
    /// <returns>The gradient of what went in, in the caller's dispose scope.</returns>
    Tensor Backward(Tensor gradient, Action<int>? complete);
}
