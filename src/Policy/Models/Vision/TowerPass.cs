using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The vision tower over the media of one micro-batch, with its activations computed again instead of kept. Use it
/// within a dispose scope.
/// </summary>
internal sealed class TowerPass
{
    private readonly Tensor _start;
    private readonly CheckpointedLayers _layers;

    /// <param name="tower">The tower, whose merger counts as the last layer.</param>
    /// <param name="patchesPX">Patches of all media of the batch.</param>
    /// <param name="order">The order in which the tower runs them.</param>
    internal TowerPass(VisionTower tower, Tensor patchesPX, PatchOrder order)
    {
        (_start, var pass) = tower.Begin(patchesPX, order);
        Tensor Layer(int index, Tensor x) =>
            index < tower.Depth ? tower.RunBlock(index, x, pass) : tower.Merge(x, order);
        _layers = new CheckpointedLayers(tower.Depth + 1, Layer);
        TokensMC = _layers.Forward(_start.detach());
    }

    /// <summary>Tokens (M, decoder width). Carry a gradient to them, then call <see cref="FinishBackward"/>.</summary>
    internal Tensor TokensMC { get; }

    /// <summary>Carries the gradient of <see cref="TokensMC"/> on into the weights of the tower.</summary>
    internal void FinishBackward()
    {
        using var scope = NewDisposeScope();
        var gradient = _layers.Backward(TokensMC.grad!);
        if (_start.requires_grad)
        {
            autograd.backward([_start], [gradient]);
        }
    }
}
