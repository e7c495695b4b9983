using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// The inner loop of <see cref="RowProduct"/>: one panel of rows and six outputs, added up in registers. Weights are
/// read where they are, each once for all rows of the panel, so those that come later are fetched meanwhile.
/// </summary>
internal static unsafe class PanelTile
{
    /// <summary>Outputs of a tile: with two vectors each they fit the 16 registers of AVX2.</summary>
    internal const int Outputs = 6;

    // A cache line of weights, and how far ahead of their use weights are fetched.
    private const int Line = 16;
    private const int Ahead = 384;

    /// <summary>Multiplies the rows of a panel with the weights of some outputs.</summary>
    /// <param name="weights">The first output's weights; those of the next tile follow the sixth's.</param>
    /// <param name="stride">Numbers from one output's weights to the next.</param>
    /// <param name="outputs">How many outputs; of fewer than six the last is computed again.</param>
    /// <param name="panel">The numbers of all rows for the first weight, then for the second.</param>
    /// <param name="width">Rows of the panel: 32, with vectors of 512 bits alone, 16 or 8.</param>
    /// <param name="depth">How many products.</param>
    /// <param name="sums">Receives the sums of all rows for the first output, then for the second.</param>
    internal static void Add(
        float* weights, long stride, int outputs, float* panel, int width, int depth, float* sums)
    {
        switch (width)
        {
            case RowPanels.Widest:
                Two<Lanes512, Vector512<float>>(weights, stride, outputs - 1, panel, depth, sums);
                break;
            case RowPanels.Widest / 2:
                Two<Lanes256, Vector256<float>>(weights, stride, outputs - 1, panel, depth, sums);
                break;
            default:
                One(weights, stride, outputs - 1, panel, depth, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TLanes, TVector>(float* w, long stride, int last, float* x, int depth, float* sums)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var w1 = w + (Math.Min(1, last) * stride);
        var w2 = w + (Math.Min(2, last) * stride);
        var w3 = w + (Math.Min(3, last) * stride);
        var w4 = w + (Math.Min(4, last) * stride);
        var w5 = w + (Math.Min(5, last) * stride);
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        TVector d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        for (long k = 0; k < depth;)
        {
            Fetch(w, stride, k, depth);
            for (var end = Math.Min(k + Line, depth); k < end; k++, x += 2 * TLanes.Count)
            {
                var u = TLanes.Load(x);
                var v = TLanes.Load(x + TLanes.Count);
                var weight = TLanes.Fill(w[k]);
                a0 = TLanes.MultiplyAdd(weight, u, a0);
                a1 = TLanes.MultiplyAdd(weight, v, a1);
                weight = TLanes.Fill(w1[k]);
                b0 = TLanes.MultiplyAdd(weight, u, b0);
                b1 = TLanes.MultiplyAdd(weight, v, b1);
                weight = TLanes.Fill(w2[k]);
                c0 = TLanes.MultiplyAdd(weight, u, c0);
                c1 = TLanes.MultiplyAdd(weight, v, c1);
                weight = TLanes.Fill(w3[k]);
                d0 = TLanes.MultiplyAdd(weight, u, d0);
                d1 = TLanes.MultiplyAdd(weight, v, d1);
                weight = TLanes.Fill(w4[k]);
                e0 = TLanes.MultiplyAdd(weight, u, e0);
                e1 = TLanes.MultiplyAdd(weight, v, e1);
                weight = TLanes.Fill(w5[k]);
                f0 = TLanes.MultiplyAdd(weight, u, f0);
                f1 = TLanes.MultiplyAdd(weight, v, f1);
            }
        }

        var width = TLanes.Count;
        TLanes.Store(a0, sums);
        TLanes.Store(a1, sums + width);
        TLanes.Store(b0, sums + (2 * width));
        TLanes.Store(b1, sums + (3 * width));
        TLanes.Store(c0, sums + (4 * width));
        TLanes.Store(c1, sums + (5 * width));
        TLanes.Store(d0, sums + (6 * width));
        TLanes.Store(d1, sums + (7 * width));
        TLanes.Store(e0, sums + (8 * width));
        TLanes.Store(e1, sums + (9 * width));
        TLanes.Store(f0, sums + (10 * width));
        TLanes.Store(f1, sums + (11 * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* w, long stride, int last, float* x, int depth, float* sums)
    {
        var w1 = w + (Math.Min(1, last) * stride);
        var w2 = w + (Math.Min(2, last) * stride);
        var w3 = w + (Math.Min(3, last) * stride);
        var w4 = w + (Math.Min(4, last) * stride);
        var w5 = w + (Math.Min(5, last) * stride);
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default;
        for (long k = 0; k < depth;)
        {
            Fetch(w, stride, k, depth);
            for (var end = Math.Min(k + Line, depth); k < end; k++, x += Vector256<float>.Count)
            {
                var v = Vector256.Load(x);
                a = Vector256.FusedMultiplyAdd(Vector256.Create(w[k]), v, a);
                b = Vector256.FusedMultiplyAdd(Vector256.Create(w1[k]), v, b);
                c = Vector256.FusedMultiplyAdd(Vector256.Create(w2[k]), v, c);
                d = Vector256.FusedMultiplyAdd(Vector256.Create(w3[k]), v, d);
                e = Vector256.FusedMultiplyAdd(Vector256.Create(w4[k]), v, e);
                f = Vector256.FusedMultiplyAdd(Vector256.Create(w5[k]), v, f);
            }
        }

        a.Store(sums);
        b.Store(sums + 8);
        c.Store(sums + 16);
        d.Store(sums + 24);
        e.Store(sums + 32);
        f.Store(sums + 40);
    }

    // The next weights of each output, at their end those of the tiles that follow. A prefetch of an address that is
    // not mapped does nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* weights, long stride, long k, int depth)
    {
        if (Sse.IsSupported)
        {
            var (tiles, at) = Math.DivRem((int)k + Ahead, depth);
            var line = weights + (tiles * Outputs * stride) + at;
            for (var output = 0; output < Outputs; output++, line += stride)
            {
                Sse.Prefetch1(line);
            }
        }
    }
}
