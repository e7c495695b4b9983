using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Layers of which only the inputs are kept (Chen et al. 2016): once the gradient has reached the last one's output, each
/// layer, last first, is run a second time to carry it on. The gradients are the same and the activations of one layer at
/// most exist at a time, for a third more computation. Use it within a dispose scope.
/// </summary>
/// <param name="count">Number of layers.</param>
/// <param name="run">Runs one of them; called twice for each, with the same result.</param>
internal sealed class CheckpointedLayers(int count, Func<int, Tensor, Tensor> run)
{
    private readonly List<Tensor> _inputs = [];

    /// <summary>Runs all layers. What comes out is a leaf that takes a gradient.</summary>
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

        return x.requires_grad_();
    }

    /// <summary>From the gradient of what came out, which is disposed, to that of what went in, in the caller's dispose scope.</summary>
    internal Tensor Backward(Tensor gradient)
    {
        for (var layer = count - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            var x = _inputs[layer].detach().requires_grad_();
            autograd.backward([run(layer, x)], [gradient]);
            gradient.Dispose();
            gradient = x.grad!.MoveToOuterDisposeScope();
            _inputs[layer].Dispose();
        }

        return gradient;
    }
}
