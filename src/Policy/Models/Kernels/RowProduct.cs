using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Products of a few rows with a matrix that stays as checkpoints have it, one row per output: no copy in another order
/// is made, unlike in BLAS, where for some dozens of rows that copy takes a good part of the time. Each number is added
/// up in an order that depends on the row's length alone, so a row's result is the same to the last bit whichever rows
/// it is computed with.
/// </summary>
internal static unsafe class RowProduct
{
    // The rows that are multiplied with the same four outputs stay in the second-level cache.
    private const int BlockBytes = 512 * 1024;

    // So many inputs of four outputs, and of the rows that they are multiplied with, stay in the first-level cache.
    private const int LargestPiece = 1024;

    /// <summary>Computes x W^T + b, or adds it to what the result holds.</summary>
    /// <param name="x">Rows of inputs, one after the other.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="matrix">W (outputs, inputs) and the bias.</param>
    /// <param name="y">Receives rows of outputs.</param>
    /// <param name="add">Whether <paramref name="y"/> is added to.</param>
    internal static void Multiply(float* x, int rows, CpuMatrix matrix, float* y, bool add = false)
    {
        var block = Math.Max(4, BlockBytes / sizeof(float) / matrix.Inputs / 4 * 4);
        var piece = PieceOf(matrix.Inputs);
        for (var row = 0; row < rows; row += block)
        {
            var count = Math.Min(block, rows - row);
            var from = x + ((long)row * matrix.Inputs);
            var to = y + ((long)row * matrix.Outputs);
            for (var input = 0; input < matrix.Inputs; input += piece)
            {
                var inputs = input..Math.Min(matrix.Inputs, input + piece);
                if (Vector512.IsHardwareAccelerated)
                {
                    Block<Lanes512, Vector512<float>>(from, count, matrix, inputs, to, add || input > 0);
                }
                else
                {
                    Block<Lanes256, Vector256<float>>(from, count, matrix, inputs, to, add || input > 0);
                }
            }
        }
    }

    // Pieces of one size, of whole vectors but for the last.
    private static int PieceOf(int inputs)
    {
        var pieces = (inputs + LargestPiece - 1) / LargestPiece;
        var lanes = Vector512<float>.Count;
        return (((inputs + pieces - 1) / pieces) + lanes - 1) / lanes * lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TLanes, TVector>(
        float* x, int rows, CpuMatrix matrix, Range inputs, float* y, bool add)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        x += inputs.Start.Value;
        for (var column = 0; column < matrix.Outputs; column += 4)
        {
            var panel = new Panel(matrix, column, inputs, add);
            var next = new Upcoming(panel.First + (4L * matrix.Inputs), panel.Count, rows, matrix.Inputs, 4);
            var row = 0;

            // Sixteen sums of four rows fit the 32 registers of AVX-512, eight of two rows the 16 of AVX2.
            for (; TLanes.Count == 16 && row <= rows - 4; row += 4)
            {
                next.Fetch(4);
                Four<TLanes, TVector>(x + ((long)row * matrix.Inputs), panel, y + ((long)row * matrix.Outputs));
            }

            for (; row <= rows - 2; row += 2)
            {
                next.Fetch(2);
                Two<TLanes, TVector>(x + ((long)row * matrix.Inputs), panel, y + ((long)row * matrix.Outputs));
            }

            for (; row < rows; row++)
            {
                next.Fetch(1);
                One<TLanes, TVector>(x + ((long)row * matrix.Inputs), panel, y + ((long)row * matrix.Outputs));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TLanes, TVector>(float* x, in Panel panel, float* y)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var inputs = panel.Inputs;
        float* w0 = panel.First, w1 = panel.Second, w2 = panel.Third, w3 = panel.Fourth;
        float* x1 = x + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        TVector c0 = default, c1 = default, c2 = default, c3 = default;
        TVector d0 = default, d1 = default, d2 = default, d3 = default;
        var k = 0;
        for (; k <= panel.Count - TLanes.Count; k += TLanes.Count)
        {
            var v0 = TLanes.Load(w0 + k);
            var v1 = TLanes.Load(w1 + k);
            var v2 = TLanes.Load(w2 + k);
            var v3 = TLanes.Load(w3 + k);
            var u = TLanes.Load(x + k);
            a0 = TLanes.MultiplyAdd(u, v0, a0);
            a1 = TLanes.MultiplyAdd(u, v1, a1);
            a2 = TLanes.MultiplyAdd(u, v2, a2);
            a3 = TLanes.MultiplyAdd(u, v3, a3);
            u = TLanes.Load(x1 + k);
            b0 = TLanes.MultiplyAdd(u, v0, b0);
            b1 = TLanes.MultiplyAdd(u, v1, b1);
            b2 = TLanes.MultiplyAdd(u, v2, b2);
            b3 = TLanes.MultiplyAdd(u, v3, b3);
            u = TLanes.Load(x2 + k);
            c0 = TLanes.MultiplyAdd(u, v0, c0);
            c1 = TLanes.MultiplyAdd(u, v1, c1);
            c2 = TLanes.MultiplyAdd(u, v2, c2);
            c3 = TLanes.MultiplyAdd(u, v3, c3);
            u = TLanes.Load(x3 + k);
            d0 = TLanes.MultiplyAdd(u, v0, d0);
            d1 = TLanes.MultiplyAdd(u, v1, d1);
            d2 = TLanes.MultiplyAdd(u, v2, d2);
            d3 = TLanes.MultiplyAdd(u, v3, d3);
        }

        panel.Finish(TLanes.SumEach(a0, a1, a2, a3), x, k, y);
        panel.Finish(TLanes.SumEach(b0, b1, b2, b3), x1, k, y + panel.Outputs);
        panel.Finish(TLanes.SumEach(c0, c1, c2, c3), x2, k, y + (2L * panel.Outputs));
        panel.Finish(TLanes.SumEach(d0, d1, d2, d3), x3, k, y + (3L * panel.Outputs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two<TLanes, TVector>(float* x, in Panel panel, float* y)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        float* w0 = panel.First, w1 = panel.Second, w2 = panel.Third, w3 = panel.Fourth;
        var x1 = x + panel.Inputs;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        var k = 0;
        for (; k <= panel.Count - TLanes.Count; k += TLanes.Count)
        {
            var u = TLanes.Load(x + k);
            var v = TLanes.Load(x1 + k);
            var w = TLanes.Load(w0 + k);
            a0 = TLanes.MultiplyAdd(u, w, a0);
            b0 = TLanes.MultiplyAdd(v, w, b0);
            w = TLanes.Load(w1 + k);
            a1 = TLanes.MultiplyAdd(u, w, a1);
            b1 = TLanes.MultiplyAdd(v, w, b1);
            w = TLanes.Load(w2 + k);
            a2 = TLanes.MultiplyAdd(u, w, a2);
            b2 = TLanes.MultiplyAdd(v, w, b2);
            w = TLanes.Load(w3 + k);
            a3 = TLanes.MultiplyAdd(u, w, a3);
            b3 = TLanes.MultiplyAdd(v, w, b3);
        }

        panel.Finish(TLanes.SumEach(a0, a1, a2, a3), x, k, y);
        panel.Finish(TLanes.SumEach(b0, b1, b2, b3), x1, k, y + panel.Outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TLanes, TVector>(float* x, in Panel panel, float* y)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        float* w0 = panel.First, w1 = panel.Second, w2 = panel.Third, w3 = panel.Fourth;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        var k = 0;
        for (; k <= panel.Count - TLanes.Count; k += TLanes.Count)
        {
            var u = TLanes.Load(x + k);
            a0 = TLanes.MultiplyAdd(u, TLanes.Load(w0 + k), a0);
            a1 = TLanes.MultiplyAdd(u, TLanes.Load(w1 + k), a1);
            a2 = TLanes.MultiplyAdd(u, TLanes.Load(w2 + k), a2);
            a3 = TLanes.MultiplyAdd(u, TLanes.Load(w3 + k), a3);
        }

        panel.Finish(TLanes.SumEach(a0, a1, a2, a3), x, k, y);
    }
}
