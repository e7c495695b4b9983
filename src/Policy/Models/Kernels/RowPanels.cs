using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Rows in the order in which <see cref="RowProduct"/> reads and writes them: panels of 32, 16 or 8 rows, and of a
/// panel the first number of every row, then the second ones, so that a vector holds one number of each row. A last
/// panel may have more rows than there are.
/// </summary>
/// <param name="start">Room for <see cref="Padded"/> rows.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">Numbers of a row.</param>
internal readonly unsafe struct RowPanels(float* start, int rows, int columns)
{
    /// <summary>Rows of the widest panel, which takes vectors of 512 bits.</summary>
    internal const int Widest = 32;

    private const int Narrowest = 8;

    internal int Rows { get; } = rows;

    internal int Columns { get; } = columns;

    /// <summary>For how many rows there has to be room.</summary>
    internal static int Padded(int rows) => (rows + Narrowest - 1) / Narrowest * Narrowest;

    /// <summary>Rows of the panel that begins at a row.</summary>
    internal int WidthAt(int row) => (Rows - row) switch
    {
        > Widest - Narrowest when Vector512.IsHardwareAccelerated => Widest,
        > Narrowest => 2 * Narrowest,
        _ => Narrowest,
    };

    /// <summary>The panel that begins at a row.</summary>
    internal float* At(int row) => start + ((long)row * Columns);

    /// <summary>Some of the rows, fewer at the end; the first has to begin one of the widest panels.</summary>
    internal RowPanels Slice(int first, int count) => new(At(first), Math.Min(count, Rows - first), Columns);

    /// <summary>Copies rows here that lie one after the other; rows beyond the last are zero.</summary>
    internal RowPanels Packed(float* x)
    {
        for (int row = 0, width; row < Rows; row += width)
        {
            width = WidthAt(row);
            var source = Strided.Of(x, Columns).From(row, 0);
            Packing.Pack(source, Math.Min(width, Rows - row), Columns, width, At(row));
        }

        return this;
    }

    /// <summary>Copies the rows to where each begins so many numbers after the one before, or adds them.</summary>
    internal void Unpack(float* to, int stride, bool add)
    {
        for (int row = 0, width; row < Rows; row += width)
        {
            width = WidthAt(row);
            var count = Math.Min(width, Rows - row);
            Packing.Transpose(At(row), width, Columns, count, to + ((long)row * stride), stride, add);
        }
    }
}
