using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The forward pass of one micro-batch and the end of its backward pass. With gradient checkpointing (Chen et al. 2016)
/// the layers of the decoder, and of towers that are trained, are <see cref="CheckpointedLayers"/>. Use it
/// within a dispose scope.
/// </summary>
internal sealed class TrainingPass
{
    private readonly Tensor? _start;
    private readonly Tensor? _end;
    private readonly CheckpointedLayers? _layers;
    private readonly MediaPass? _passes;

    /// <summary>Runs the model over a batch, keeping what backward needs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="checkpointing">Whether activations are computed again instead of kept.</param>
    internal TrainingPass(CausalLM model, TokenBatch batch, bool checkpointing)
    {
        if (!checkpointing)
        {
            HiddenNC = model.HiddenAt(batch.IdsBT, batch.PlacesN, batch.Media);
            return;
        }

        _passes = model.BeginPasses(batch.Media);
        (_start, var pass) = model.Begin(batch.IdsBT, null, batch.Media, passes: _passes);
        _layers = new CheckpointedLayers(model.Config.Layers, (layer, x) => model.Trunk.ForwardLayer(layer, x, pass));
        _end = _layers.Forward(_start.detach());
        HiddenNC = model.Trunk.NormAt(_end, batch.PlacesN);
    }

    /// <summary>
    /// Final-norm states (N, C) at the batch's places. Call backward on what follows from them, then
    /// <see cref="FinishBackward"/>.
    /// </summary>
    internal Tensor HiddenNC { get; }

    /// <summary>
    /// Carries the gradient on from where <see cref="HiddenNC"/> has its own; does nothing without checkpointing.
    /// </summary>
    internal void FinishBackward()
    {
        if (_layers is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var gradient = _layers.Backward(_end!.grad!);
        if (_start!.requires_grad)
        {
            autograd.backward([_start], [gradient]);
        }

        _passes?.FinishBackward();
    }
}
