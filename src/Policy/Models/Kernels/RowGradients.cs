using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>The gradients of what <see cref="RowMath"/> computes.</summary>
internal static unsafe class RowGradients
{
    private const MethodImplOptions Compiled = MethodImplOptions.AggressiveOptimization;

    /// <summary>
    /// The gradient of a row's norm with regard to the row: with g = dy * weight and s the row's factor,
    /// s * (g - x * s^2 * mean(g * x)).
    /// </summary>
    /// <param name="x">The row.</param>
    /// <param name="weight">The norm's weight.</param>
    /// <param name="scale"><see cref="RowMath.Scale"/> of the row.</param>
    /// <param name="dy">The gradient of the normed row.</param>
    /// <param name="dx">Receives the gradient; may be <paramref name="dy"/> where it is not added to.</param>
    /// <param name="size">Numbers of the row.</param>
    /// <param name="add">Whether <paramref name="dx"/> is added to.</param>
    [MethodImpl(Compiled)]
    internal static void Norm(float* x, float* weight, float scale, float* dy, float* dx, int size, bool add)
    {
        var products = Vector256<float>.Zero;
        var i = 0;
        for (; i <= size - 8; i += 8)
        {
            products = Vector256.FusedMultiplyAdd(
                Vector256.Load(dy + i) * Vector256.Load(weight + i), Vector256.Load(x + i), products);
        }

        var sum = Vector256.Sum(products);
        for (; i < size; i++)
        {
            sum += dy[i] * weight[i] * x[i];
        }

        var pull = scale * scale * scale * sum / size;
        for (i = 0; i <= size - 8; i += 8)
        {
            var own = Vector256.Load(dy + i) * Vector256.Load(weight + i) * scale;
            own -= Vector256.Load(x + i) * pull;
            (add ? own + Vector256.Load(dx + i) : own).Store(dx + i);
        }

        for (; i < size; i++)
        {
            var own = (dy[i] * weight[i] * scale) - (x[i] * pull);
            dx[i] = add ? dx[i] + own : own;
        }
    }

    /// <summary>Adds the sums of dy * x * scale over all rows to the gradient of the norm's weight.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="scales"><see cref="RowMath.Scale"/> of each row.</param>
    /// <param name="dy">The gradients of the normed rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="from">The first number of each row that counts.</param>
    /// <param name="to">The end of those.</param>
    /// <param name="gradient">The weight's gradient.</param>
    [MethodImpl(Compiled)]
    internal static void NormWeight(
        float* x, float* scales, float* dy, long rows, int size, int from, int to, float* gradient)
    {
        for (var row = 0L; row < rows; row++, x += size, dy += size)
        {
            var i = from;
            for (; i <= to - 8; i += 8)
            {
                Vector256.FusedMultiplyAdd(
                    Vector256.Load(dy + i) * scales[row], Vector256.Load(x + i), Vector256.Load(gradient + i))
                    .Store(gradient + i);
            }

            for (; i < to; i++)
            {
                gradient[i] = MathF.FusedMultiplyAdd(dy[i] * scales[row], x[i], gradient[i]);
            }
        }
    }

    /// <summary>Adds the sums of all rows to a gradient, that of a bias.</summary>
    /// <param name="dy">The rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="from">The first number of each row that counts.</param>
    /// <param name="to">The end of those.</param>
    /// <param name="gradient">The bias's gradient.</param>
    [MethodImpl(Compiled)]
    internal static void Bias(float* dy, long rows, int size, int from, int to, float* gradient)
    {
        for (var row = 0L; row < rows; row++, dy += size)
        {
            var i = from;
            for (; i <= to - 8; i += 8)
            {
                (Vector256.Load(gradient + i) + Vector256.Load(dy + i)).Store(gradient + i);
            }

            for (; i < to; i++)
            {
                gradient[i] += dy[i];
            }
        }
    }

    /// <summary>The gradient of <see cref="RowMath.Rotate"/>: the rotation backwards.</summary>
    /// <param name="head">The gradient of the rotated head, replaced.</param>
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
            Vector256.FusedMultiplyAdd(b, Vector256.Load(sin + half + i), a * Vector256.Load(cos + i)).Store(head + i);
            Vector256.FusedMultiplyAdd(a, Vector256.Load(sin + i), b * Vector256.Load(cos + half + i))
                .Store(head + half + i);
        }

        for (; i < half; i++)
        {
            var (a, b) = (head[i], head[half + i]);
            head[i] = (a * cos[i]) + (b * sin[half + i]);
            head[half + i] = (b * cos[half + i]) + (a * sin[i]);
        }
    }

    /// <summary>
    /// The gradients of silu(gate) * up. Gate and up are replaced by theirs, the gradient of the product by the
    /// product.
    /// </summary>
    [MethodImpl(Compiled)]
    internal static void Gate(float* gate, float* up, float* gradient, long count)
    {
        long i = 0;
        for (; i <= count - 8; i += 8)
        {
            var (g, u, d) = (Vector256.Load(gate + i), Vector256.Load(up + i), Vector256.Load(gradient + i));
            var sigmoid = Vector256<float>.One / (VectorExp.Of(-g) + Vector256<float>.One);
            var silu = g * sigmoid;
            (silu * u).Store(gradient + i);
            (d * silu).Store(up + i);
            (d * u * (sigmoid + (silu * (Vector256<float>.One - sigmoid)))).Store(gate + i);
        }

        for (; i < count; i++)
        {
            var (g, u, d) = (gate[i], up[i], gradient[i]);
            var sigmoid = 1 / (VectorExp.Of(Vector256.Create(-g))[0] + 1);
            var silu = g * sigmoid;
            gradient[i] = silu * u;
            up[i] = d * silu;
            gate[i] = d * u * (sigmoid + (silu * (1 - sigmoid)));
        }
    }

    /// <summary>
    /// Replaces logits by their gradients, given that of the log-probability of one of them: with p the probabilities,
    /// gradient * (1 at the target - p).
    /// </summary>
    [MethodImpl(Compiled)]
    internal static void LogProb(float* logits, int target, float gradient, int count)
    {
        var logOfSum = RowMath.LogOfSum(logits, count);
        var i = 0;
        for (; i <= count - 8; i += 8)
        {
            (VectorExp.Of(Vector256.Load(logits + i) - Vector256.Create(logOfSum)) * -gradient).Store(logits + i);
        }

        for (; i < count; i++)
        {
            logits[i] = MathF.Exp(logits[i] - logOfSum) * -gradient;
        }

        logits[target] += gradient;
    }
}
