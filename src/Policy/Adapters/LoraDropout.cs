using R1Reward.Data.Randomness;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// Dropout of an adapter's inputs. Which ones are left out follows from the optimiser's step, a row and the layer, so
/// that a pass that is computed again for its gradients leaves out the same.
/// </summary>
/// <param name="share">Share of the inputs that is left out, from 0 to below 1.</param>
internal sealed class LoraDropout(double share)
{
    private ulong? _key;

    /// <summary>Begins a training pass.</summary>
    internal void Begin(long step, int row) => _key = CounterRandom.KeyOf(0, "lora-dropout", step, row);

    /// <summary>Ends the training pass: nothing is left out any more.</summary>
    internal void End() => _key = null;

    /// <summary>
    /// The inputs of a layer, what is left scaled by 1 / (1 - share); outside of a training pass unchanged.
    /// </summary>
    /// <param name="x">The inputs, of any shape.</param>
    /// <param name="layer">Number of the layer among those of the model, so that each leaves out others.</param>
    internal Tensor Apply(Tensor x, int layer)
    {
        if (_key is not { } key || share <= 0)
        {
            return x;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator(CounterRandom.At(key, (ulong)layer, 0) >> 1, CPU);
        var kept = rand(x.shape, dtype: ScalarType.Float32, device: CPU, generator: generator).ge(Kept(share));
        return x.mul(kept.to(x.device)).div(Kept(1 - share)).MoveToOuterDisposeScope();
    }
}
