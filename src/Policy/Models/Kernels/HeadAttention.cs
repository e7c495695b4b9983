using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Attention of one token's queries over the keys and values of the head that they share. The cache of all sequences is
/// far larger than the processor's, so values are fetched while scores are computed, and the keys of the head that
/// comes next while values are summed. A query's result depends on nothing but its own keys and values.
/// </summary>
internal static unsafe class HeadAttention
{
    // Keys whose scores are computed together.
    private const int Keys = 4;

    /// <summary>Numbers of memory that the scores of one query take.</summary>
    internal static int ScoreCount(int seen) => (seen + Keys - 1) / Keys * Keys;

    /// <summary>Attends with queries (group, size) over keys and values (seen, size).</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="group">How many.</param>
    /// <param name="keys">The keys; after the last of them, memory is only fetched.</param>
    /// <param name="values">The values.</param>
    /// <param name="seen">Number of keys and values.</param>
    /// <param name="size">Numbers of a head.</param>
    /// <param name="output">Receives the attended values (group, size).</param>
    /// <param name="scores">Room for the <see cref="ScoreCount"/> of two queries.</param>
    /// <param name="next">Keys that are needed next.</param>
    internal static void Attend(
        float* queries,
        int group,
        float* keys,
        float* values,
        int seen,
        int size,
        float* output,
        float* scores,
        float* next)
    {
        var stride = ScoreCount(seen);
        var scale = 1 / MathF.Sqrt(size);
        for (var query = 0; query < group; query += 2)
        {
            // Queries go in pairs; an odd one is its own partner.
            var partner = query + 1 < group ? 1 : 0;
            var fetched = query == 0 ? seen * size : 0;
            var asked = queries + ((long)query * size);
            var other = scores + (partner * stride);
            var result = output + ((long)query * size);
            var valuesNext = new Upcoming(values, fetched, seen);
            var keysNext = new Upcoming(next, fetched, seen);
            if (Vector512.IsHardwareAccelerated)
            {
                Score<Lanes512, Vector512<float>>(asked, partner, keys, seen, size, scores, other, valuesNext);
            }
            else
            {
                Score<Lanes256, Vector256<float>>(asked, partner, keys, seen, size, scores, other, valuesNext);
            }

            var factor = 1 / RowMath.Exponentials(scores, seen, scale);
            var otherFactor = partner == 0 ? factor : 1 / RowMath.Exponentials(other, seen, scale);
            var otherResult = result + (partner * size);
            if (Vector512.IsHardwareAccelerated)
            {
                Sum<Lanes512, Vector512<float>>(
                    scores, other, seen, factor, otherFactor, values, size, result, otherResult, keysNext);
            }
            else
            {
                Sum<Lanes256, Vector256<float>>(
                    scores, other, seen, factor, otherFactor, values, size, result, otherResult, keysNext);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score<TLanes, TVector>(
        float* query, int partner, float* keys, int seen, int size, float* scores, float* other, Upcoming next)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var q = query + (partner * size);
        for (var t = 0; t < seen; t += Keys)
        {
            next.Fetch(Keys);

            // Beyond the last key it is computed again; nobody reads those scores.
            var last = seen - 1 - t;
            var k0 = keys + ((long)t * size);
            var k1 = k0 + (Math.Min(1, last) * size);
            var k2 = k0 + (Math.Min(2, last) * size);
            var k3 = k0 + (Math.Min(3, last) * size);
            TVector a0 = default, a1 = default, a2 = default, a3 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default;
            var i = 0;
            for (; i <= size - TLanes.Count; i += TLanes.Count)
            {
                var u = TLanes.Load(query + i);
                var v = TLanes.Load(q + i);
                var k = TLanes.Load(k0 + i);
                a0 = TLanes.MultiplyAdd(u, k, a0);
                b0 = TLanes.MultiplyAdd(v, k, b0);
                k = TLanes.Load(k1 + i);
                a1 = TLanes.MultiplyAdd(u, k, a1);
                b1 = TLanes.MultiplyAdd(v, k, b1);
                k = TLanes.Load(k2 + i);
                a2 = TLanes.MultiplyAdd(u, k, a2);
                b2 = TLanes.MultiplyAdd(v, k, b2);
                k = TLanes.Load(k3 + i);
                a3 = TLanes.MultiplyAdd(u, k, a3);
                b3 = TLanes.MultiplyAdd(v, k, b3);
            }

            var sums = TLanes.SumEach(a0, a1, a2, a3);
            var sumsOfOther = TLanes.SumEach(b0, b1, b2, b3);
            for (; i < size; i++)
            {
                var k = Vector128.Create(k0[i], k1[i], k2[i], k3[i]);
                sums += k * query[i];
                sumsOfOther += k * q[i];
            }

            sums.Store(scores + t);
            sumsOfOther.Store(other + t);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TLanes, TVector>(
        float* weights,
        float* otherWeights,
        int seen,
        float factor,
        float otherFactor,
        float* values,
        int size,
        float* result,
        float* otherResult,
        Upcoming next)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= size - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            TVector a0 = default, a1 = default, a2 = default, a3 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default;
            var at = values + i;
            for (var t = 0; t < seen; t++, at += size)
            {
                if (i == 0)
                {
                    next.Fetch(1);
                }

                var (u, v) = (TLanes.Fill(weights[t]), TLanes.Fill(otherWeights[t]));
                var x = TLanes.Load(at);
                a0 = TLanes.MultiplyAdd(u, x, a0);
                b0 = TLanes.MultiplyAdd(v, x, b0);
                x = TLanes.Load(at + TLanes.Count);
                a1 = TLanes.MultiplyAdd(u, x, a1);
                b1 = TLanes.MultiplyAdd(v, x, b1);
                x = TLanes.Load(at + (2 * TLanes.Count));
                a2 = TLanes.MultiplyAdd(u, x, a2);
                b2 = TLanes.MultiplyAdd(v, x, b2);
                x = TLanes.Load(at + (3 * TLanes.Count));
                a3 = TLanes.MultiplyAdd(u, x, a3);
                b3 = TLanes.MultiplyAdd(v, x, b3);
            }

            TLanes.Store(a0, factor, result + i);
            TLanes.Store(a1, factor, result + i + TLanes.Count);
            TLanes.Store(a2, factor, result + i + (2 * TLanes.Count));
            TLanes.Store(a3, factor, result + i + (3 * TLanes.Count));
            TLanes.Store(b0, otherFactor, otherResult + i);
            TLanes.Store(b1, otherFactor, otherResult + i + TLanes.Count);
            TLanes.Store(b2, otherFactor, otherResult + i + (2 * TLanes.Count));
            TLanes.Store(b3, otherFactor, otherResult + i + (3 * TLanes.Count));
        }

        for (; i <= size - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            TVector a0 = default, a1 = default, b0 = default, b1 = default;
            var at = values + i;
            for (var t = 0; t < seen; t++, at += size)
            {
                if (i == 0)
                {
                    next.Fetch(1);
                }

                var (u, v) = (TLanes.Fill(weights[t]), TLanes.Fill(otherWeights[t]));
                var (x, y) = (TLanes.Load(at), TLanes.Load(at + TLanes.Count));
                a0 = TLanes.MultiplyAdd(u, x, a0);
                a1 = TLanes.MultiplyAdd(u, y, a1);
                b0 = TLanes.MultiplyAdd(v, x, b0);
                b1 = TLanes.MultiplyAdd(v, y, b1);
            }

            TLanes.Store(a0, factor, result + i);
            TLanes.Store(a1, factor, result + i + TLanes.Count);
            TLanes.Store(b0, otherFactor, otherResult + i);
            TLanes.Store(b1, otherFactor, otherResult + i + TLanes.Count);
        }

        for (; i < size; i++)
        {
            var (sum, sumOfOther) = (0f, 0f);
            for (var t = 0; t < seen; t++)
            {
                var value = values[((long)t * size) + i];
                sum += weights[t] * value;
                sumOfOther += otherWeights[t] * value;
            }

            result[i] = sum * factor;
            otherResult[i] = sumOfOther * otherFactor;
        }
    }
}
