using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>Where the rotary angles of each row's next token lie in memory.</summary>
internal readonly unsafe struct CpuAngles
{
    private readonly long[] _positions;
    private readonly int _size;
    private readonly float* _cos;
    private readonly float* _sin;

    /// <param name="rotary">The table, which has to stay as it is while this is used.</param>
    /// <param name="positions">The position of each row's token.</param>
    /// <param name="size">Numbers of a head.</param>
    internal CpuAngles(RotaryTable rotary, long[] positions, int size)
    {
        _positions = positions;
        _size = size;
        var (cos, sin) = rotary.Whole((int)positions.Max() + 1);
        _cos = CpuMatrix.Start(cos);
        _sin = CpuMatrix.Start(sin);
    }

    /// <summary>Cosines of a row's token, one for each number of a head.</summary>
    internal float* Cos(int row) => _cos + (_positions[row] * _size);

    /// <summary>Sines of a row's token with the signs that the halves of a head take.</summary>
    internal float* Sin(int row) => _sin + (_positions[row] * _size);
}
