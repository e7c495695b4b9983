using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Attention of one new token per sequence over the cache, float32 on the CPU. Libtorch would run it as one
/// tiny matrix product per row and head; here each row reads exactly its own length, without padding or mask, and a
/// row's result does not depend on its neighbours.
/// </summary>
internal static unsafe class DecodeAttention
{
    /// <summary>Whether a slab is small enough to be addressed as one span.</summary>
    internal static bool Fits(KvCache cache) => cache.Layer(0).Keys.numel() * sizeof(float) < int.MaxValue;

    /// <summary>
    /// Stores keys and values (R, K, D) at each row's length and attends with queries (R, H, D) over length + 1 tokens
    /// or, of more, the last <paramref name="window"/>; all contiguous. Gives (R, H*D).
    /// </summary>
    internal static Tensor Run(
        Tensor queries,
        Tensor keys,
        Tensor values,
        Tensor keySlab,
        Tensor valueSlab,
        int[] lengths,
        int? window = null)
    {
        int rows = lengths.Length, heads = (int)queries.size(1), size = (int)queries.size(2);
        int shared = (int)keys.size(1), capacity = (int)keySlab.size(2);
        var result = empty([rows, heads * size], dtype: ScalarType.Float32, device: CPU);
        float* q = Start(queries), k = Start(keys), v = Start(values), o = Start(result);
        float* slabK = Start(keySlab), slabV = Start(valueSlab);
        var parts = Math.Clamp(get_num_threads(), 1, rows);
        Parallel.For(0, parts, part =>
        {
            var scores = new float[(heads / shared) * (lengths.Max() + 1)];
            for (var row = part * rows / parts; row < (part + 1) * rows / parts; row++)
            {
                for (var head = 0; head < shared; head++)
                {
                    var slot = (((long)row * shared) + head) * capacity * size;
                    var fresh = ((row * shared) + head) * size;
                    Unsafe.CopyBlock(slabK + slot + (lengths[row] * size), k + fresh, (uint)(size * sizeof(float)));
                    Unsafe.CopyBlock(slabV + slot + (lengths[row] * size), v + fresh, (uint)(size * sizeof(float)));
                    var group = heads / shared;
                    var first = ((row * heads) + (head * group)) * size;
                    var seen = Math.Min(lengths[row] + 1, window ?? int.MaxValue);
                    var start = slot + ((lengths[row] + 1 - seen) * size);
                    One(q + first, slabK + start, slabV + start, o + first, group, size, seen, scores);
                }
            }
        });
        return result;
    }

    private static float* Start(Tensor tensor) =>
        (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>The queries of one group over the keys and values of one head of one row.</summary>
    private static void One(float* q, float* k, float* v, float* o, int group, int size, int length, Span<float> scores)
    {
        var scale = 1 / MathF.Sqrt(size);
        for (var g = 0; g < group; g++)
        {
            var weights = scores.Slice(g * length, length);
            var largest = float.NegativeInfinity;
            for (var t = 0; t < length; t++)
            {
                weights[t] = scale * Dot(q + (g * size), k + ((long)t * size), size);
                largest = MathF.Max(largest, weights[t]);
            }

            var total = Exponentials(weights, largest);
            WeightedSum(weights, 1 / total, v, o + (g * size), size);
        }
    }

    private static float Dot(float* a, float* b, int size)
    {
        var sum = Vector256<float>.Zero;
        var i = 0;
        for (; i <= size - 8; i += 8)
        {
            sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), sum);
        }

        var total = Vector256.Sum(sum);
        for (; i < size; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    private static float Exponentials(Span<float> values, float largest)
    {
        var shift = Vector256.Create(largest);
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i <= values.Length - 8; i += 8)
        {
            var e = Vector256.Exp(Vector256.Create<float>(values.Slice(i, 8)) - shift);
            e.CopyTo(values.Slice(i, 8));
            sums += e;
        }

        var total = Vector256.Sum(sums);
        for (; i < values.Length; i++)
        {
            values[i] = MathF.Exp(values[i] - largest);
            total += values[i];
        }

        return total;
    }

    private static void WeightedSum(ReadOnlySpan<float> weights, float factor, float* v, float* o, int size)
    {
        var i = 0;
        for (; i <= size - 32; i += 32)
        {
            var a = Vector256<float>.Zero;
            var b = Vector256<float>.Zero;
            var c = Vector256<float>.Zero;
            var d = Vector256<float>.Zero;
            for (var t = 0; t < weights.Length; t++)
            {
                var weight = Vector256.Create(weights[t]);
                var at = v + ((long)t * size) + i;
                a = Vector256.FusedMultiplyAdd(weight, Vector256.Load(at), a);
                b = Vector256.FusedMultiplyAdd(weight, Vector256.Load(at + 8), b);
                c = Vector256.FusedMultiplyAdd(weight, Vector256.Load(at + 16), c);
                d = Vector256.FusedMultiplyAdd(weight, Vector256.Load(at + 24), d);
            }

            (a * factor).Store(o + i);
            (b * factor).Store(o + i + 8);
            (c * factor).Store(o + i + 16);
            (d * factor).Store(o + i + 24);
        }

        for (; i < size; i++)
        {
            var sum = 0f;
            for (var t = 0; t < weights.Length; t++)
            {
                sum += weights[t] * v[((long)t * size) + i];
            }

            o[i] = sum * factor;
        }
    }
}
