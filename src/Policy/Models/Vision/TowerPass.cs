using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The vision tower over the media of one micro-batch, with its activations computed again instead of kept. Use it
/// within a dispose scope.
/// </summary>
internal sealed class TowerPass
{
    private readonly VisionTower _tower;
    private readonly Tensor _start;
    private readonly LayerByLayer _blocks;
    private readonly LayerByLayer[] _mergers;

    /// <param name="tower">The tower.</param>
    /// <param name="patchesPX">Patches of all media of the batch.</param>
    /// <param name="order">The order in which the tower runs them.</param>
    internal TowerPass(VisionTower tower, Tensor patchesPX, PatchOrder order)
    {
        _tower = tower;
        (_start, var pass) = tower.Begin(patchesPX, order);
        _blocks = new LayerByLayer(tower.Depth, (block, x) => tower.RunBlock(block, x, pass));
        _mergers = [.. tower.MergedBlocks.Select((_, merger) =>
            new LayerByLayer(1, (_, x) => tower.Merge(merger, x, order)))];
        _blocks.Forward(_start.detach());
        TokensMC = [.. _mergers.Zip(tower.MergedBlocks, (merger, block) => merger.Forward(_blocks.Output(block)))];
    }

    /// <summary>
    /// Tokens (M, decoder width) from each merger. Carry a gradient to them, then call <see cref="FinishBackward"/>.
    /// </summary>
    internal Tensor[] TokensMC { get; }

    /// <summary>Carries the gradients of <see cref="TokensMC"/> on into the weights of the tower.</summary>
    internal void FinishBackward()
    {
        using var scope = NewDisposeScope();
        var gradient = _blocks.Backward(_mergers[0].Backward(TokensMC[0].grad!), DeepStack);
        if (_start.requires_grad)
        {
            autograd.backward([_start], [gradient]);
        }
    }

    /// <summary>
    /// The gradient that a block's output has from the deep stack; null where it is not part of it, or where heads read
    /// the states of an earlier layer than its features go into.
    /// </summary>
    private Tensor? DeepStack(int block)
    {
        for (var merger = 1; merger < _mergers.Length; merger++)
        {
            if (_tower.MergedBlocks[merger] == block && TokensMC[merger].grad is { } gradient)
            {
                return _mergers[merger].Backward(gradient);
            }
        }

        return null;
    }
}
