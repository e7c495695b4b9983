using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Whisper's table of positions: sines in the first half of the width, cosines in the second, of wavelengths from 2 pi
/// to 10,000 times that; in float32 throughout, as the published models compute it.
/// </summary>
internal static class Sinusoids
{
    private const double Longest = 10_000;

    /// <summary>The table (positions, width) in float32 on the CPU; the width is even.</summary>
    internal static Tensor Make(int positions, int width)
    {
        var half = width / 2;
        var table = zeros([positions, width], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(table.bytes);
        var step = (float)(Math.Log(Longest) / Math.Max(1, half - 1));
        for (var i = 0; i < half; i++)
        {
            var frequency = MathF.Exp(-step * i);
            for (var position = 0; position < positions; position++)
            {
                values[(position * width) + i] = MathF.Sin(position * frequency);
                values[(position * width) + half + i] = MathF.Cos(position * frequency);
            }
        }

        return table;
    }
}
