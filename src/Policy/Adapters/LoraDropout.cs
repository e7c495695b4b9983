using R1Reward.Data.Randomness;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// Dropout of an adapter's inputs. Which ones are left out of a row follows from the optimiser's step, the row and the
/// layer: a pass that is computed again for its gradients leaves out the same, and so does one that has other rows
/// beside it. Where a layer sees no rows (a vision tower, experts, the output layer), it follows from the first row of
/// the pass, and depends on which rows are computed together.
/// </summary>
/// <param name="share">Share of the inputs that is left out, from 0 to below 1.</param>
internal sealed class LoraDropout(double share)
{
    private ulong[]? _rows;

    /// <summary>Begins a training pass.</summary>
    internal void Begin(long step, IReadOnlyList<int> rows) =>
        _rows = [.. rows.Select(row => CounterRandom.KeyOf(0, "lora-dropout", step, row))];

    /// <summary>Ends the training pass: nothing is left out any more.</summary>
    internal void End() => _rows = null;

    /// <summary>The inputs of a layer, what is left scaled by 1 / (1 - share); unchanged outside of training.</summary>
    /// <param name="x">The inputs (B, T, C), or of another shape where the layer sees no rows.</param>
    /// <param name="layer">Number of the layer among those of the model, so that each leaves out others.</param>
    internal Tensor Apply(Tensor x, int layer)
    {
        if (_rows is not { } rows || share <= 0)
        {
            return x;
        }

        using var scope = NewDisposeScope();
        // A longer row begins with the numbers of a shorter one, so padding changes nothing.
        var drawn = x.dim() == 3
            ? stack([.. rows.Select(row => Draw(row, layer, x.shape[1..]))], 0)
            : Draw(rows[0], layer, x.shape);
        return x.mul(drawn.ge(Kept(share)).to(x.device)).div(Kept(1 - share)).MoveToOuterDisposeScope();
    }

    private static Tensor Draw(ulong row, int layer, long[] shape)
    {
        using var generator = new Generator(CounterRandom.At(row, (ulong)layer, 0) >> 1, CPU);
        return rand(shape, dtype: ScalarType.Float32, device: CPU, generator: generator);
    }
}
