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

    private readonly byte* _end;
    private readonly long _bytesPerRow;
    private byte* _at;

    /// <param name="weights">The first of them; they may lie beyond the end of the matrix.</param>
    /// <param name="count">How many.</param>
    /// <param name="rows">Rows of the product over whose computation they come.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Upcoming(float* weights, int count, int rows)
    {
        _at = (byte*)weights;
        _end = _at + ((long)count * sizeof(float));
        _bytesPerRow = (((long)count * sizeof(float)) + rows - 1) / rows;
    }

    /// <summary>Asks for the share of some rows. A prefetch of an address that is not mapped does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fetch(int rows)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var until = _at + (_bytesPerRow * rows);
        if (until > _end)
        {
            until = _end;
        }

        for (; _at < until; _at += LineBytes)
        {
            Sse.Prefetch0(_at);
        }
    }
}
