using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Numbers that are needed next, brought into the second-level cache while others are computed with. More of them can
/// be on their way there at a time than to the first level.
/// </summary>
internal unsafe ref struct Upcoming
{
    private const int LineBytes = 64;

    private readonly int _bytesPerRow;
    private readonly int _end;
    private readonly byte* _start;
    private int _at;

    /// <param name="numbers">The first of them; they may lie where no memory is.</param>
    /// <param name="length">How many follow one another.</param>
    /// <param name="rows">Rows over whose computation they come.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Upcoming(float* numbers, int length, int rows)
    {
        _start = (byte*)numbers;
        _end = length * sizeof(float);
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
            Sse.Prefetch1(_start + _at);
        }
    }
}
