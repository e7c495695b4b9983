using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Products of large matrices, float32 on the CPU, as Goto and van de Geijn (2008) arrange them: blocks of both
/// matrices are copied into the order in which they are read, one small enough for the second-level cache, and a tile
/// of six rows and two vectors of the result is added up in registers. On AMD's processors, for which the library's MKL
/// has an old kernel, it is faster than that (docs/benchmarks.md); on others it has not been measured. Each number is
/// added up in an order that depends on the number of products alone, so it is the same to the last bit with any number
/// of threads.
/// </summary>
internal static unsafe class PackedProduct
{
    // Rows of a tile: with two vectors each they fit the 16 registers of AVX2.
    private const int TileRows = 6;

    /// <summary>Products that are added up in registers before the result is touched.</summary>
    internal const int Depth = 768;

    // Rows that stay in the second-level cache, 258 KB.
    private const int BlockRows = 14 * TileRows;

    // Columns whose copy is made at a time, 6 MB.
    private const int BlockColumns = 3072;

    private const int CacheLine = 64;

    private static int TileColumns => Vector512.IsHardwareAccelerated ? 32 : 16;

    /// <summary>Computes A B, or adds it to what the result holds.</summary>
    /// <param name="a">A (rows, depth).</param>
    /// <param name="b">B (depth, columns).</param>
    /// <param name="result">Receives rows of columns, one after the other.</param>
    /// <param name="rows">Rows of A and of the result.</param>
    /// <param name="columns">Columns of B and of the result.</param>
    /// <param name="depth">Columns of A and rows of B.</param>
    /// <param name="add">Whether <paramref name="result"/> is added to.</param>
    internal static void Multiply(
        Strided a, Strided b, float* result, int rows, int columns, int depth, bool add = false)
    {
        var width = TileColumns;
        var bands = (Math.Min(columns, BlockColumns) + width - 1) / width;
        var packed = (float*)NativeMemory.AlignedAlloc(
            (nuint)(bands * width * Math.Min(depth, Depth) * sizeof(float)), CacheLine);
        for (var column = 0; column < columns; column += BlockColumns)
        {
            var count = Math.Min(BlockColumns, columns - column);
            for (var first = 0; first < depth; first += Depth)
            {
                var block = new ProductBlock(
                    a.From(0, first), packed, result + column, columns, count, Math.Min(Depth, depth - first),
                    add || first > 0);
                var source = b.From(first, column).Transposed;
                TensorThreads.Share((count + width - 1) / width, (from, to) => Packing.Pack(
                    source.From((long)from * width, 0),
                    Math.Min(count, to * width) - (from * width),
                    block.Depth,
                    width,
                    block.Packed + ((long)from * width * block.Depth)));
                TensorThreads.Share((rows + TileRows - 1) / TileRows, (from, to) =>
                    Rows(block, from * TileRows, Math.Min(rows, to * TileRows)));
            }
        }

        NativeMemory.AlignedFree(packed);
    }

    private static void Rows(in ProductBlock block, int from, int to)
    {
        var bytes = (nuint)(Math.Min(BlockRows, to - from + TileRows) * block.Depth * sizeof(float));
        var packed = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        for (; from < to; from += BlockRows)
        {
            var count = Math.Min(BlockRows, to - from);
            Packing.Pack(block.Left.From(from, 0), count, block.Depth, TileRows, packed);
            if (Vector512.IsHardwareAccelerated)
            {
                Tiles<Lanes512, Vector512<float>>(block, packed, from, count);
            }
            else
            {
                Tiles<Lanes256, Vector256<float>>(block, packed, from, count);
            }
        }

        NativeMemory.AlignedFree(packed);
    }

    private static void Tiles<TLanes, TVector>(in ProductBlock block, float* left, int first, int rows)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var width = 2 * TLanes.Count;
        var edge = stackalloc float[TileRows * width];
        for (var column = 0; column < block.Columns; column += width)
        {
            var right = block.Packed + ((long)column * block.Depth);
            var columns = Math.Min(width, block.Columns - column);
            for (var row = 0; row < rows; row += TileRows)
            {
                var count = Math.Min(TileRows, rows - row);
                var to = block.Result + ((long)(first + row) * block.Stride) + column;
                var from = left + ((long)row * block.Depth);
                if (count == TileRows && columns == width)
                {
                    Tile<TLanes, TVector>(from, right, block.Depth, to, block.Stride, block.Add);
                    continue;
                }

                Tile<TLanes, TVector>(from, right, block.Depth, edge, width, add: false);
                for (var i = 0; i < count; i++, to += block.Stride)
                {
                    for (var j = 0; j < columns; j++)
                    {
                        to[j] = block.Add ? to[j] + edge[(i * width) + j] : edge[(i * width) + j];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TLanes, TVector>(float* a, float* b, int depth, float* to, int stride, bool add)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var lanes = TLanes.Count;
        Fetch(to, stride, 2 * lanes);
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        TVector d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        for (var k = 0; k < depth; k++, a += TileRows, b += 2 * lanes)
        {
            var u = TLanes.Load(b);
            var v = TLanes.Load(b + lanes);
            var x = TLanes.Fill(a[0]);
            a0 = TLanes.MultiplyAdd(x, u, a0);
            a1 = TLanes.MultiplyAdd(x, v, a1);
            x = TLanes.Fill(a[1]);
            b0 = TLanes.MultiplyAdd(x, u, b0);
            b1 = TLanes.MultiplyAdd(x, v, b1);
            x = TLanes.Fill(a[2]);
            c0 = TLanes.MultiplyAdd(x, u, c0);
            c1 = TLanes.MultiplyAdd(x, v, c1);
            x = TLanes.Fill(a[3]);
            d0 = TLanes.MultiplyAdd(x, u, d0);
            d1 = TLanes.MultiplyAdd(x, v, d1);
            x = TLanes.Fill(a[4]);
            e0 = TLanes.MultiplyAdd(x, u, e0);
            e1 = TLanes.MultiplyAdd(x, v, e1);
            x = TLanes.Fill(a[5]);
            f0 = TLanes.MultiplyAdd(x, u, f0);
            f1 = TLanes.MultiplyAdd(x, v, f1);
        }

        Store<TLanes, TVector>(a0, a1, to, add);
        Store<TLanes, TVector>(b0, b1, to += stride, add);
        Store<TLanes, TVector>(c0, c1, to += stride, add);
        Store<TLanes, TVector>(d0, d1, to += stride, add);
        Store<TLanes, TVector>(e0, e1, to += stride, add);
        Store<TLanes, TVector>(f0, f1, to + stride, add);
    }

    // The tile's place in the result comes into the cache while the sums are made.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* to, int stride, int width)
    {
        if (Sse.IsSupported)
        {
            for (var row = 0; row < TileRows; row++, to += stride)
            {
                Sse.Prefetch0(to);
                Sse.Prefetch0(to + width - 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes, TVector>(TVector u, TVector v, float* to, bool add)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        if (add)
        {
            u = TLanes.Add(u, TLanes.Load(to));
            v = TLanes.Add(v, TLanes.Load(to + TLanes.Count));
        }

        TLanes.Store(u, to);
        TLanes.Store(v, to + TLanes.Count);
    }
}
