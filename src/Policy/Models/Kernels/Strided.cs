namespace R1Reward.Policy.Models.Kernels;

/// <summary>A matrix of float32 numbers somewhere in memory; one of the two steps is 1.</summary>
/// <param name="start">Its first number.</param>
/// <param name="row">Numbers from one row to the next.</param>
/// <param name="column">Numbers from one column to the next.</param>
internal readonly unsafe struct Strided(float* start, long row, long column)
{
    internal float* Start { get; } = start;

    internal long Row { get; } = row;

    internal long Column { get; } = column;

    /// <summary>The same numbers with rows as columns.</summary>
    internal Strided Transposed => new(Start, Column, Row);

    /// <summary>The matrix from a row and a column on.</summary>
    internal Strided From(long row, long column) => new(Start + (row * Row) + (column * Column), Row, Column);

    /// <summary>Rows that lie one after the other.</summary>
    internal static Strided Of(float* start, long columns) => new(start, columns, 1);
}
