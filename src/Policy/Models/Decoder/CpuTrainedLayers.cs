using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// The layers of a decoder for one pass that is trained with, by kernels (<see cref="CpuTrainedLayer"/>). Use it within
/// a dispose scope.
/// </summary>
/// <param name="layers">The layers.</param>
/// <param name="pass">What they share.</param>
/// <param name="keeps">Whether activations are kept instead of computed again.</param>
/// <param name="use">Has the weights of a layer there, as in <see cref="LayerByLayer"/>.</param>
internal sealed class CpuTrainedLayers(
    IReadOnlyList<CpuTrainedLayer> layers, SequencePass pass, bool keeps, Func<int, bool, IDisposable?> use)
    : ITrainedLayers
{
    private readonly List<Tensor> _inputs = [];
    private readonly List<LayerTape> _tapes = [];

    public Tensor Forward(Tensor start)
    {
        var x = start.contiguous();
        for (var layer = 0; layer < layers.Count; layer++)
        {
            using var weights = use(layer, false);
            var before = x;
            x = layers[layer].Forward(before, pass, keeps ? _tapes.Add : null);
            if (is_grad_enabled())
            {
                _inputs.Add(before);
            }
            else
            {
                before.Dispose();
            }
        }

        return x;
    }

    public Tensor Backward(Tensor gradient, Action<int>? complete)
    {
        complete?.Invoke(layers.Count);
        gradient = gradient.contiguous();
        for (var layer = layers.Count - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            using var weights = use(layer, true);
            if (!keeps)
            {
                _tapes.Add(layers[layer].Again(_inputs[layer], pass));
            }

            using var tape = _tapes[^1];
            using var after = gradient;
            gradient = layers[layer].Backward(after, tape, pass).MoveToOuterDisposeScope();
            _tapes.RemoveAt(_tapes.Count - 1);
            _inputs[layer].Dispose();
            complete?.Invoke(layer);
        }

        return gradient;
    }
}
