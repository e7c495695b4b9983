using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Tracing;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The forward pass of one micro-batch and the end of its backward pass. The layers of the decoder are computed by
/// kernels where they can be. Else with gradient checkpointing, and where something waits for the gradients of single
/// layers, they are <see cref="LayerByLayer"/>, as are those of towers that are trained. Use it within a dispose scope.
/// </summary>
internal sealed class TrainingPass
{
    private readonly Tensor? _start;
    private readonly Tensor? _end;
    private readonly ITrainedLayers? _layers;
    private readonly MediaPass? _passes;
    private readonly Action<int>? _complete;

    /// <summary>Runs the model over a batch, keeping what backward needs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="checkpointing">
    /// Whether activations are computed again instead of kept; those of towers also where
    /// <paramref name="complete"/> is given, and those of layers whose weights are not all here in any case.
    /// </param>
    /// <param name="complete">
    /// Told the number of a layer of the decoder once it and all after it have their gradients; first the number of
    /// layers. Null: nobody waits.
    /// </param>
    internal TrainingPass(CausalLM model, TokenBatch batch, bool checkpointing, Action<int>? complete = null)
    {
        using var phase = TrainingPhases.Forward();
        var inLayers = checkpointing || complete is not null;
        _complete = complete;
        _passes = inLayers ? model.BeginPasses(batch.Media) : null;
        var (start, pass) = model.Begin(batch.IdsBT, null, batch.Media, passes: _passes);
        // Weights that are dropped after a layer cannot be part of what is kept.
        var keeps = !checkpointing && model.Parameters.Parts is null;
        _layers = model.Trunk.ByKernels(start, pass, keeps);
        if (_layers is null && !inLayers)
        {
            HiddenNC = model.Trunk.NormAt(model.Trunk.Forward(start, pass), batch.PlacesN);
            return;
        }

        _start = start;
        _layers ??= new LayerByLayer(
            model.Config.Layers,
            (layer, x) => model.Trunk.ForwardLayer(layer, x, pass),
            keeps,
            model.Parameters.Use);
        _end = _layers.Forward(_start.detach()).requires_grad_();
        HiddenNC = model.Trunk.NormAt(_end, batch.PlacesN);
    }

    /// <summary>
    /// Final-norm states (N, C) at the batch's places. Call backward on what follows from them, then
    /// <see cref="FinishBackward"/>.
    /// </summary>
    internal Tensor HiddenNC { get; }

    /// <summary>
    /// Carries the gradient on from where <see cref="HiddenNC"/> has its own; does nothing where it has gone through
    /// already.
    /// </summary>
    internal void FinishBackward()
    {
        if (_layers is null)
        {
            return;
        }

        using var phase = TrainingPhases.Backward();
        using var scope = NewDisposeScope();
        var gradient = _layers.Backward(_end!.grad!, _complete);
        if (_start!.requires_grad)
        {
            autograd.backward([_start], [gradient]);
        }

        _passes?.FinishBackward();
    }
}
