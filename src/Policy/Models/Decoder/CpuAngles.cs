using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>Where the rotary angles of positions lie in memory.</summary>
internal readonly unsafe struct CpuAngles
{
    private readonly int _size;
    private readonly float* _cos;
    private readonly float* _sin;

    /// <param name="rotary">The table, which has to stay as it is while this is used.</param>
    /// <param name="highest">The largest position.</param>
    /// <param name="size">Numbers of a head.</param>
    internal CpuAngles(RotaryTable rotary, int highest, int size)
    {
        _size = size;
        var (cos, sin) = rotary.Whole(highest + 1);
        _cos = CpuMatrix.Start(cos);
        _sin = CpuMatrix.Start(sin);
    }

    /// <summary>Cosines of a position, one for each number of a head.</summary>
    internal float* Cos(int position) => _cos + ((long)position * _size);

    /// <summary>Sines of a position with the signs that the halves of a head take.</summary>
    internal float* Sin(int position) => _sin + ((long)position * _size);
}
