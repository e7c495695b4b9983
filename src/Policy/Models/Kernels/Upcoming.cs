using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Weights that are needed next, brought into the cache while others are computed with. A matrix larger than the cache
/// is read once in every product, from one end to the other, in pieces too short for the processor to see that.
/// </summary>
internal unsafe ref struct Upcoming
{
    private const int LineBytes = 64;

    private readonly int _count;
    private readonly int _stride;
    private readonly int _bytesPerRow;
    private readonly int _end;
    private readonly byte* _start;
    private int _at;

    /// <param name="weights">The first of them; they may lie beyond the end of the matrix.</param>
    /// <param name="length">How many follow one another.</param>
    /// <param name="rows">Rows of the product over whose computation they come.</param>
    /// <param name="stride">Numbers from one such stretch to the next.</param>
    /// <param name="count">How many stretches.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Upcoming(float* weights, int length, int rows, int stride = 0, int count = 1)
    {
        _start = (byte*)weights;
        _end = length * sizeof(float);
        _stride = stride * sizeof(float);
        _count = count;
        _bytesPerRow = (_end + rows - 1) / rows;
    }

    /// <summary>Asks for the share of some rows. A prefetch of an address that is not mapped does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fetch(int rows)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var until = Math.Min(_end, _at + (_bytesPerRow * rows));
        for (; _at < until; _at += LineBytes)
        {
            var line = _start + _at;
            for (var stretch = 0; stretch < _count; stretch++, line += _stride)
            {
                Sse.Prefetch0(line);
            }
        }
    }
}
