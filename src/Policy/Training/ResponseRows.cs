using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>Between response tokens one after another (N) and padded rows (B, T).</summary>
internal sealed class ResponseRows
{
    private readonly int[] _lengths;
    private readonly Device _device;
    private readonly Tensor _placesBT;

    /// <param name="lengths">Tokens of each response.</param>
    /// <param name="device">Where the tensors are.</param>
    internal ResponseRows(int[] lengths, Device device)
    {
        (_lengths, _device) = (lengths, device);
        Width = lengths.Max();
        var places = new long[lengths.Length * Width];
        // Padding reads the zero that Pad appends.
        Array.Fill(places, lengths.Sum());
        var next = 0L;
        for (var b = 0; b < lengths.Length; b++)
        {
            for (var t = 0; t < lengths[b]; t++)
            {
                places[(b * Width) + t] = next++;
            }
        }

        _placesBT = tensor(places, dtype: ScalarType.Int64, device: device);
    }

    internal int Width { get; }

    /// <summary>Differentiable: (N) to (B, T), 0 at padding.</summary>
    internal Tensor Pad(Tensor valuesN) =>
        cat([valuesN, zeros(1, dtype: valuesN.dtype, device: _device)], 0).index_select(0, _placesBT).view(_lengths.Length, Width);

    /// <summary>One value per token of each response; 0 at padding.</summary>
    internal Tensor Of(Func<int, ReadOnlyMemory<float>> row)
    {
        var values = new float[_lengths.Length * Width];
        for (var b = 0; b < _lengths.Length; b++)
        {
            row(b).Span.CopyTo(values.AsSpan(b * Width));
        }

        return tensor(values, dtype: ScalarType.Float32, device: _device).view(_lengths.Length, Width);
    }
}
