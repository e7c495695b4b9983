using R1Reward.Policy.Models;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The forward pass of one micro-batch and the end of its backward pass. With gradient checkpointing (Chen et al. 2016)
/// only the input of each layer is kept; once the gradient has reached the last layer's output, each layer, last first,
/// is run a second time to carry it on. The gradients are the same and the activations of one layer at most exist at a
/// time, for a third more computation; a vision tower keeps its own. Use it within a dispose scope.
/// </summary>
internal sealed class TrainingPass
{
    private readonly CausalLM _model;
    private readonly SequencePass _pass;
    private readonly Tensor? _start;
    private readonly List<Tensor> _inputs = [];
    private readonly Tensor? _end;

    /// <summary>Runs the model over a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="checkpointing">Whether activations are computed again instead of kept.</param>
    internal TrainingPass(CausalLM model, TokenBatch batch, bool checkpointing)
    {
        _model = model;
        if (!checkpointing)
        {
            HiddenNC = model.HiddenAt(batch.IdsBT, batch.PlacesN, batch.Vision);
            return;
        }

        (_start, _pass) = model.Begin(batch.IdsBT, null, batch.Vision);
        var x = _start.detach();
        using (no_grad())
        {
            for (var layer = 0; layer < model.Config.Layers; layer++)
            {
                _inputs.Add(x);
                x = model.RunLayer(layer, x, _pass);
            }
        }

        _end = x.requires_grad_();
        HiddenNC = model.NormedAt(_end, batch.PlacesN);
    }

    /// <summary>Final-norm states (N, C) at the batch's places. Call backward on what follows from them, then <see cref="FinishBackward"/>.</summary>
    internal Tensor HiddenNC { get; }

    /// <summary>Carries the gradient on from where <see cref="HiddenNC"/> has its own; does nothing without checkpointing.</summary>
    internal void FinishBackward()
    {
        if (_end is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var gradient = _end.grad!;
        for (var layer = _inputs.Count - 1; layer >= 0; layer--)
        {
            using var inner = NewDisposeScope();
            var x = _inputs[layer].detach().requires_grad_();
            autograd.backward([_model.RunLayer(layer, x, _pass)], [gradient]);
            gradient.Dispose();
            gradient = x.grad!.MoveToOuterDisposeScope();
            _inputs[layer].Dispose();
        }

        if (_start!.requires_grad)
        {
            autograd.backward([_start], [gradient]);
        }
    }
}
