using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Layers whose backward pass is carried on one by one, last first, so that what waits for the gradients of a layer
/// learns when they are complete. With gradient checkpointing (Chen et al. 2016) only their inputs are kept and each
/// layer is run a second time to carry the gradient on: the gradients are the same, and at most the activations of one
/// layer exist at a time, for a third more computation. Use it within a dispose scope.
/// </summary>
/// <param name="count">Number of layers.</param>
/// <param name="run">Runs one of them; twice each, with the same result, unless activations are kept.</param>
/// <param name="keeps">Whether activations are kept instead of computed again.</param>
/// <param name="use">
/// Has the weights of a layer there until what it gives is disposed, and is told whether this goes backwards; null:
/// they always are.
/// </param>
internal sealed class LayerByLayer(
    int count, Func<int, Tensor, Tensor> run, bool keeps = false, Func<int, bool, IDisposable?>? use = null)
    : ITrainedLayers
{
    private readonly List<Tensor> _inputs = [];
    private readonly List<Tensor> _outputs = [];
    private Tensor? _end;

    /// <summary>Runs all layers, each apart from the next. What comes out is a leaf that takes a gradient.</summary>
    public Tensor Forward(Tensor start)
    {
        var x = start;
        using var mode = keeps ? enable_grad() : no_grad();
        for (var layer = 0; layer < count; layer++)
        {
            using var weights = use?.Invoke(layer, false);
            _inputs.Add(keeps ? x.requires_grad_() : x);
            x = run(layer, x);
            if (keeps)
            {
                _outputs.Add(x);
                x = x.detach();
            }
        }

        _end = x;
        return x.requires_grad_();
    }

    /// <summary>What a layer gave, apart from any graph; for layers that others read beside the next one.</summary>
    internal Tensor Output(int layer) => (layer + 1 < count ? _inputs[layer + 1] : _end!).detach();

    public Tensor Backward(Tensor gradient, Action<int>? complete) => Backward(gradient, null, complete);

    /// <summary>Carries a gradient back through all layers.</summary>
    /// <param name="gradient">The gradient of what came out; disposed here.</param>
    /// <param name="others">The gradient that a layer's output has from other readers; null for none.</param>
    /// <param name="complete">
    /// Told the number of a layer once it and all after it have their gradients; first the number of layers.
    /// </param>
    /// <returns>The gradient of what went in, in the caller's dispose scope.</returns>
    internal Tensor Backward(Tensor gradient, Func<int, Tensor?>? others = null, Action<int>? complete = null)
    {
        complete?.Invoke(count);
        for (var layer = count - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            using var weights = use?.Invoke(layer, true);
            if (others?.Invoke(layer) is { } more)
            {
                using var alone = gradient;
                gradient = alone.Plus(more);
            }

            var x = keeps ? _inputs[layer] : _inputs[layer].detach().requires_grad_();
            var output = keeps ? _outputs[layer] : run(layer, x);
            autograd.backward([output], [gradient]);
            gradient.Dispose();
            gradient = x.grad!.MoveToOuterDisposeScope();
            output.Dispose();
            _inputs[layer].Dispose();
            complete?.Invoke(layer);
        }

        return gradient;
    }
}
