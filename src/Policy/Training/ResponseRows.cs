using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Between response tokens one after another (N) and rows padded on the right (B, T), T the longest response.
/// </summary>
internal sealed class ResponseRows
{
    private readonly int[] _lengths;
    private readonly int _width;
    private readonly Device _device;
    private readonly Tensor _placesBT;

    /// <param name="lengths">Tokens of each response.</param>
    /// <param name="device">Where the tensors are.</param>
    internal ResponseRows(int[] lengths, Device device)
    {
        _lengths = lengths;
        _width = lengths.Max();
        _device = device;
        var places = new long[lengths.Length * _width];
        // Padding reads the zero that Pad appends.
        Array.Fill(places, lengths.Sum());
        var next = 0L;
        for (var b = 0; b < lengths.Length; b++)
        {
            for (var t = 0; t < lengths[b]; t++)
            {
                places[(b * _width) + t] = next++;
            }
        }

        _placesBT = tensor(places, dtype: ScalarType.Int64, device: device);
    }

    /// <summary>Differentiable: (N) to (B, T), 0 at padding.</summary>
    internal Tensor Pad(Tensor valuesN)
    {
        var padding = zeros(1, dtype: valuesN.dtype, device: _device);
        return cat([valuesN, padding], 0).index_select(0, _placesBT).view(_lengths.Length, _width);
    }

    /// <summary>One value per token of each response as (B, T); 0 at padding.</summary>
    internal Tensor Pad(Func<int, ReadOnlyMemory<float>> row)
    {
        var values = new float[_lengths.Length * _width];
        for (var b = 0; b < _lengths.Length; b++)
        {
            row(b).Span.CopyTo(values.AsSpan(b * _width));
        }

        return tensor(values, dtype: ScalarType.Float32, device: _device).view(_lengths.Length, _width);
    }
}
