using System.Runtime.InteropServices;
using R1Reward.Policy.Models.Configuration;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Cosines and signed sines of the rotary angles (Su et al. 2021) by position. Element j of a head pairs with element
/// j + D/2. Angles are float32 products as in the published models; the table grows with the longest sequence seen.
/// </summary>
internal sealed class RotaryTable(RotaryConfig config, int headSize, Device device, ScalarType dtype) : IDisposable
{
    private readonly float[] _frequencies = RotaryFrequencies.Compute(config, headSize);
    private readonly double _scaling = RotaryFrequencies.Scaling(config);
    private Tensor? _cosPD;
    private Tensor? _sinPD;

    /// <summary>Cosines and sines of positions 0 .. tokens-1, shaped (1, T, 1, D).</summary>
    internal (Tensor Cos, Tensor Sin) First(int tokens)
    {
        Grow(tokens);
        Tensor Head(Tensor table) => table.narrow(0, 0, tokens).view(1, tokens, 1, headSize);
        return (Head(_cosPD!), Head(_sinPD!));
    }

    /// <summary>Cosines and sines of given positions, shaped as the positions are with (1, D) appended.</summary>
    /// <param name="positions">Whole numbers of any shape, on the table's device.</param>
    /// <param name="highest">The largest of them, which the table has to reach.</param>
    internal (Tensor Cos, Tensor Sin) At(Tensor positions, int highest)
    {
        Grow(highest + 1);
        long[] shape = [.. positions.shape, 1, headSize];
        var flat = positions.reshape(-1);
        return (_cosPD!.index_select(0, flat).view(shape), _sinPD!.index_select(0, flat).view(shape));
    }

    /// <summary>Cosines and sines (P, D) of all positions below a number, and perhaps of more.</summary>
    internal (Tensor Cos, Tensor Sin) Whole(int positions)
    {
        Grow(positions);
        return (_cosPD!, _sinPD!);
    }

    /// <summary>Rotates (..., H, D) by the angles of its tokens.</summary>
    internal static Tensor Rotate(Tensor x, (Tensor Cos, Tensor Sin) angles)
    {
        using var scope = NewDisposeScope();
        return (x * angles.Cos).addcmul(x.roll(x.size(-1) / 2, -1), angles.Sin, One).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _cosPD?.Dispose();
        _sinPD?.Dispose();
    }

    private void Grow(int positions)
    {
        if (_cosPD is not null && _cosPD.size(0) >= positions)
        {
            return;
        }

        var rows = Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)positions));
        Dispose();
        using var scope = NewDisposeScope();

        // What is made in inference mode could not be trained with later.
        using var mode = inference_mode(false);
        using var plain = no_grad();
        var cos = empty([rows, headSize], dtype: ScalarType.Float32, device: CPU);
        var sin = empty([rows, headSize], dtype: ScalarType.Float32, device: CPU);
        Fill(MemoryMarshal.Cast<byte, float>(cos.bytes), MemoryMarshal.Cast<byte, float>(sin.bytes), rows);
        _cosPD = cos.to(dtype, device).DetachFromDisposeScope();
        _sinPD = sin.to(dtype, device).DetachFromDisposeScope();
    }

    private void Fill(Span<float> cos, Span<float> sin, int rows)
    {
        var half = headSize / 2;
        for (var j = 0; j < half; j++)
        {
            for (var p = 0; p < rows; p++)
            {
                var angle = (double)(p * _frequencies[j]);
                var at = (p * headSize) + j;
                var cosine = (float)(_scaling * Math.Cos(angle));
                var sine = (float)(_scaling * Math.Sin(angle));
                cos[at] = cosine;
                cos[at + half] = cosine;
                sin[at] = -sine;
                sin[at + half] = sine;
            }
        }
    }
}
