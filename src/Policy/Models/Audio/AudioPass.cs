using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Audio;

/// <summary>
/// The audio tower over the sounds of one micro-batch, with its activations computed again instead of kept. Use it
/// within a dispose scope.
/// </summary>
internal sealed class AudioPass
{
    private readonly Tensor _start;
    private readonly LayerByLayer _layers;

    /// <param name="tower">The tower, whose end counts as the last layer.</param>
    /// <param name="pieces">The sounds of the batch.</param>
    internal AudioPass(AudioTower tower, SoundPieces pieces)
    {
        (_start, var segments) = tower.Begin(pieces);
        Tensor Layer(int index, Tensor x) =>
            index < tower.Depth ? tower.RunLayer(index, x, segments) : tower.Finish(x, pieces);
        _layers = new LayerByLayer(tower.Depth + 1, Layer);
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
