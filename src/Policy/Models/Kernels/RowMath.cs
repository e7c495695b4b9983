using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>What a decoder does with the numbers of one row between its matrix products.</summary>
internal static unsafe class RowMath
{
    private const MethodImplOptions Compiled = MethodImplOptions.AggressiveOptimization;

    /// <summary>The root-mean-square norm of a row, <c>RmsNorm</c>, in its place or elsewhere.</summary>
    [MethodImpl(Compiled)]
    internal static void Norm(float* x, float* weight, float epsilon, float* y, int size)
    {
        var scale = Scale(x, epsilon, size);
        var i = 0;
        for (; i <= size - 8; i += 8)
        {
            (Vector256.Load(x + i) * scale * Vector256.Load(weight + i)).Store(y + i);
        }

        for (; i < size; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    /// <summary>What the norm multiplies a row with beside its weight: 1 / sqrt(mean(x^2) + epsilon).</summary>
    [MethodImpl(Compiled)]
    internal static float Scale(float* x, float epsilon, int size)
    {
        var squares = Vector256<float>.Zero;
        var i = 0;
        for (; i <= size - 8; i += 8)
        {
            var v = Vector256.Load(x + i);
            squares = Vector256.FusedMultiplyAdd(v, v, squares);
        }

        var sum = Vector256.Sum(squares);
        for (; i < size; i++)
        {
            sum += x[i] * x[i];
        }

        return 1 / MathF.Sqrt((sum / size) + epsilon);
    }

    /// <summary>Adds numbers to those of a row, or puts them there.</summary>
    [MethodImpl(Compiled)]
    internal static void Add(float* x, float* row, int size, bool add)
    {
        var i = 0;
        for (; i <= size - 8; i += 8)
        {
            (add ? Vector256.Load(x + i) + Vector256.Load(row + i) : Vector256.Load(x + i)).Store(row + i);
        }

        for (; i < size; i++)
        {
            row[i] = add ? row[i] + x[i] : x[i];
        }
    }

    /// <summary>Rotates one head by the angles of its position: element j pairs with element j + size / 2.</summary>
    /// <param name="head">The head's numbers, replaced.</param>
    /// <param name="cos">Cosines, one for each number.</param>
    /// <param name="sin">Sines with the sign of their number's half.</param>
    /// <param name="size">Numbers of the head.</param>
    [MethodImpl(Compiled)]
    internal static void Rotate(float* head, float* cos, float* sin, int size)
    {
        var half = size / 2;
        var i = 0;
        for (; i <= half - 8; i += 8)
        {
            var a = Vector256.Load(head + i);
            var b = Vector256.Load(head + half + i);
            Vector256.FusedMultiplyAdd(b, Vector256.Load(sin + i), a * Vector256.Load(cos + i)).Store(head + i);
            Vector256.FusedMultiplyAdd(a, Vector256.Load(sin + half + i), b * Vector256.Load(cos + half + i))
                .Store(head + half + i);
        }

        for (; i < half; i++)
        {
            var (a, b) = (head[i], head[half + i]);
            head[i] = (a * cos[i]) + (b * sin[i]);
            head[half + i] = (b * cos[half + i]) + (a * sin[half + i]);
        }
    }

    /// <summary>Computes silu(gate) * up; the result may take the place of the gate.</summary>
    [MethodImpl(Compiled)]
    internal static void Gate(float* gate, float* up, float* result, long count)
    {
        long i = 0;
        for (; i <= count - 8; i += 8)
        {
            var g = Vector256.Load(gate + i);
            (g / (VectorExp.Of(-g) + Vector256<float>.One) * Vector256.Load(up + i)).Store(result + i);
        }

        for (; i < count; i++)
        {
            // The bits are those of the vectors above: how many rows are computed together must not matter.
            result[i] = gate[i] / (VectorExp.Of(Vector256.Create(-gate[i]))[0] + 1) * up[i];
        }
    }

    /// <summary>Replaces scores by exp(scale * (score - largest)).</summary>
    /// <returns>Their sum.</returns>
    [MethodImpl(Compiled)]
    internal static float Exponentials(float* scores, int count, float scale)
    {
        var largest = Largest(scores, count);
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i <= count - 8; i += 8)
        {
            var e = VectorExp.Of((Vector256.Load(scores + i) - Vector256.Create(largest)) * scale);
            e.Store(scores + i);
            sums += e;
        }

        var total = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            scores[i] = MathF.Exp((scores[i] - largest) * scale);
            total += scores[i];
        }

        return total;
    }

    /// <summary>The natural logarithm of the sum of e^x over a row.</summary>
    [MethodImpl(Compiled)]
    internal static float LogOfSum(float* x, int count)
    {
        var largest = Largest(x, count);
        Vector256<double> low = default, high = default;
        var i = 0;
        for (; i <= count - 8; i += 8)
        {
            var (lower, upper) = Vector256.Widen(VectorExp.Of(Vector256.Load(x + i) - Vector256.Create(largest)));
            low += lower;
            high += upper;
        }

        var total = Vector256.Sum(low + high);
        for (; i < count; i++)
        {
            total += MathF.Exp(x[i] - largest);
        }

        return (float)(largest + Math.Log(total));
    }

    [MethodImpl(Compiled)]
    private static float Largest(float* scores, int count)
    {
        var i = 0;
        var largest = float.NegativeInfinity;
        if (count >= 8)
        {
            var lanes = Vector256.Load(scores);
            for (i = 8; i <= count - 8; i += 8)
            {
                lanes = Vector256.Max(lanes, Vector256.Load(scores + i));
            }

            for (var lane = 0; lane < 8; lane++)
            {
                largest = MathF.Max(largest, lanes[lane]);
            }
        }

        for (; i < count; i++)
        {
            largest = MathF.Max(largest, scores[i]);
        }

        return largest;
    }
}
