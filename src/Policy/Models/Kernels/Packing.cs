using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Copies of a part of a matrix in the order in which <see cref="PackedProduct"/> reads it: bands of so many rows (or
/// columns), and of a band all numbers of the first column, then of the second. What a last band lacks is zero.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>Copies bands of rows, each with all columns; for bands of columns give the transposed matrix.</summary>
    /// <param name="from">The matrix.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="width">Rows of a band.</param>
    /// <param name="to">Receives the bands.</param>
    internal static void Pack(Strided from, int rows, int columns, int width, float* to)
    {
        if (from.Row == 1)
        {
            SideBySide(from.Start, from.Column, rows, columns, width, to);
            return;
        }

        for (var row = 0; row < rows; row += width, to += (long)width * columns)
        {
            Band(from.From(row, 0), Math.Min(width, rows - row), columns, width, to);
        }
    }

    /// <summary>Copies a small matrix with rows as columns, or adds it to what is there.</summary>
    /// <param name="from">The matrix, row by row.</param>
    /// <param name="step">Numbers from one of its rows to the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="to">Receives a row for each column.</param>
    /// <param name="width">Numbers from one of those to the next.</param>
    /// <param name="add">Whether <paramref name="to"/> is added to.</param>
    internal static void Transpose(
        float* from, long step, int rows, int columns, float* to, long width, bool add = false)
    {
        var row = 0;
        for (; row <= rows - 4; row += 4)
        {
            Four(from + (row * step), step, columns, to + row, width, add);
        }

        for (; row < rows; row++)
        {
            var next = from + (row * step);
            for (var column = 0; column < columns; column++)
            {
                var at = to + (column * width) + row;
                *at = add ? *at + next[column] : next[column];
            }
        }
    }

    private static void Band(Strided from, int rows, int columns, int width, float* to)
    {
        if (rows < width)
        {
            new Span<float>(to, width * columns).Clear();
        }

        Transpose(from.Start, from.Row, rows, columns, to, width);
    }

    // The numbers of a column lie side by side already: all bands get theirs, then those of the next column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SideBySide(float* from, long step, int rows, int columns, int width, float* to)
    {
        var band = (long)width * columns;
        for (var column = 0; column < columns; column++, from += step, to += width)
        {
            float* source = from, target = to;
            var left = rows;
            for (; left >= width; left -= width, source += width, target += band)
            {
                Copy(source, target, width);
            }

            if (left > 0)
            {
                new Span<float>(target, width).Clear();
                Copy(source, target, left);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256.Load(from + i).Store(to + i);
        }

        if (count - i >= 4)
        {
            Vector128.Load(from + i).Store(to + i);
            i += 4;
        }

        for (; i <= count - 2; i += 2)
        {
            *(double*)(to + i) = *(double*)(from + i);
        }

        if (i < count)
        {
            to[i] = from[i];
        }
    }

    // Squares of four rows and four columns, turned.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* from, long step, int columns, float* to, long width, bool add)
    {
        float* second = from + step, third = second + step, fourth = third + step;
        var column = 0;
        for (; column <= columns - 4; column += 4, to += 4 * width)
        {
            var a = Vector128.Load(from + column);
            var b = Vector128.Load(second + column);
            var c = Vector128.Load(third + column);
            var d = Vector128.Load(fourth + column);
            var (ac, bd) = (Low(a, c), Low(b, d));
            Put(Low(ac, bd), to, add);
            Put(High(ac, bd), to + width, add);
            (ac, bd) = (High(a, c), High(b, d));
            Put(Low(ac, bd), to + (2 * width), add);
            Put(High(ac, bd), to + (3 * width), add);
        }

        for (; column < columns; column++, to += width)
        {
            Put(Vector128.Create(from[column], second[column], third[column], fourth[column]), to, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> vector, float* to, bool add) =>
        (add ? Vector128.Load(to) + vector : vector).Store(to);

    // The first halves of two vectors, their numbers by turns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported
            ? Sse.UnpackLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported
            ? Sse.UnpackHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);
}
