using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Gradient checkpointing (Chen et al. 2016): only the inputs of the layers are kept. Once the gradient has reached the
/// output of the last layer, each layer, last first, is run a second time to carry it on. The gradients are the same,
/// and at most the activations of one layer exist at a time, for a third more computation. Use it within a dispose
/// scope.
/// </summary>
/// <param name="count">Number of layers.</param>
/// <param name="run">Runs one of them; called twice for each, with the same result.</param>
internal sealed class CheckpointedLayers(int count, Func<int, Tensor, Tensor> run)
{
    private readonly List<Tensor> _inputs = [];
    private Tensor? _end;

    /// <summary>Runs all layers without recording them. What comes out is a leaf that takes a gradient.</summary>
    /// <param name="start">The first layer's input, detached; owned by this object from here on.</param>
    internal Tensor Forward(Tensor start)
    {
        var x = start;
        using (no_grad())
        {
            for (var layer = 0; layer < count; layer++)
            {
                _inputs.Add(x);
                x = run(layer, x);
            }
        }

        _end = x;
        return x.requires_grad_();
    }

    /// <summary>What a layer gave, apart from any graph; for layers that others read beside the next one.</summary>
    internal Tensor Output(int layer) => (layer + 1 < count ? _inputs[layer + 1] : _end!).detach();

    /// <summary>Carries a gradient back through all layers.</summary>
    /// <param name="gradient">The gradient of what came out; disposed here.</param>
    /// <param name="others">The gradient that a layer's output has from other readers; null for none.</param>
    /// <returns>The gradient of what went in, in the caller's dispose scope.</returns>
    internal Tensor Backward(Tensor gradient, Func<int, Tensor?>? others = null)
    {
        for (var layer = count - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            if (others?.Invoke(layer) is { } more)
            {
                using var alone = gradient;
                gradient = alone.Plus(more);
            }

            var x = _inputs[layer].detach().requires_grad_();
            autograd.backward([run(layer, x)], [gradient]);
            gradient.Dispose();
            gradient = x.grad!.MoveToOuterDisposeScope();
            _inputs[layer].Dispose();
        }

        return gradient;
    }
}
