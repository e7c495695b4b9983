namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Brings chroma planes to the size of the picture with a triangle filter: a sample counts three quarters, its neighbour on
/// the nearer side one quarter, in each direction that is halved. Coarser planes are repeated.
/// </summary>
internal static class ChromaUpsampling
{
    /// <summary>The plane at full size.</summary>
    /// <param name="plane">Rows of samples.</param>
    /// <param name="from">Height and width of the plane.</param>
    /// <param name="to">Height and width of the picture.</param>
    /// <param name="narrow">Columns are this power of two fewer.</param>
    /// <param name="low">Rows are this power of two fewer.</param>
    public static byte[] Apply(ReadOnlySpan<byte> plane, PixelSize from, PixelSize to, int narrow, int low)
    {
        var full = new byte[to.Height * to.Width];
        var sums = new int[from.Width];
        for (var y = 0; y < to.Height; y++)
        {
            var near = plane.Slice((y >> low) * from.Width, from.Width);
            var far = plane.Slice(Neighbour(y, low, from.Height) * from.Width, from.Width);
            for (var x = 0; x < sums.Length; x++)
            {
                sums[x] = (3 * near[x]) + far[x];
            }

            for (var x = 0; x < to.Width; x++)
            {
                full[(y * to.Width) + x] = (byte)(((3 * sums[x >> narrow]) + sums[Neighbour(x, narrow, from.Width)] + 8) >> 4);
            }
        }

        return full;
    }

    private static int Neighbour(int at, int halvings, int count) =>
        halvings == 1 ? Math.Clamp((at >> 1) + ((at & 1) == 0 ? -1 : 1), 0, count - 1) : at >> halvings;
}
