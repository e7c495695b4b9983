using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Policy.Tests.Models.Kernels;

/// <summary>Gradients against finite differences of the same formulas in float64.</summary>
public sealed unsafe class RowGradientsTests
{
    private const float Epsilon = 1e-3f;

    [Theory]
    [InlineData(4)]
    [InlineData(37)]
    public void A_norm(int size)
    {
        var (x, weight, dy, dx) = (Draw(size, 1), Draw(size, 2), Draw(size, 3), Draw(size, 4));
        var before = dx.ToArray();
        float[] ofWeight = new float[size], scales = [0];
        fixed (float* px = x, pw = weight, pdy = dy, pdx = dx, pg = ofWeight, ps = scales)
        {
            scales[0] = RowMath.Scale(px, Epsilon, size);
            RowGradients.Norm(px, pw, scales[0], pdy, pdx, size, add: true);
            RowGradients.NormWeight(px, ps, pdy, 1, size, 0, size, pg);
        }

        double Loss(double[] row, double[] factors)
        {
            var root = Math.Sqrt((row.Sum(v => v * v) / size) + Epsilon);
            return Enumerable.Range(0, size).Sum(i => dy[i] * row[i] / root * factors[i]);
        }

        Compare(Wide(x), row => Loss(row, Wide(weight)), i => dx[i] - before[i]);
        Compare(Wide(weight), factors => Loss(Wide(x), factors), i => ofWeight[i]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    public void A_rotation(int size)
    {
        var (x, dy) = (Draw(size, 5), Draw(size, 6));
        var (cos, sin) = (Draw(size, 7), Draw(size, 8));
        var gradient = dy.ToArray();
        fixed (float* p = gradient, c = cos, s = sin)
        {
            RowGradients.Rotate(p, c, s, size);
        }

        var half = size / 2;
        double Loss(double[] head) => Enumerable.Range(0, size)
            .Sum(i => dy[i] * ((head[i] * cos[i]) + (head[(i + half) % size] * sin[i])));
        Compare(Wide(x), Loss, i => gradient[i]);
    }

    [Fact]
    public void A_gate()
    {
        var (gate, up, d) = (Draw(21, 9), Draw(21, 10), Draw(21, 11));
        gate[3] = 30;
        gate[4] = -30;
        float[] ofGate = [.. gate], ofUp = [.. up], product = [.. d];
        fixed (float* g = ofGate, u = ofUp, p = product)
        {
            RowGradients.Gate(g, u, p, gate.Length);
        }

        double Gated(double g, double u) => g / (1 + Math.Exp(-g)) * u;
        for (var i = 0; i < gate.Length; i++)
        {
            Assert.Equal(Gated(gate[i], up[i]), product[i], 1e-5 * Math.Max(1, Math.Abs(product[i])));
        }

        Compare(Wide(gate), gates => gates.Select((g, i) => d[i] * Gated(g, up[i])).Sum(), i => ofGate[i]);
        Compare(Wide(up), ups => ups.Select((u, i) => d[i] * Gated(gate[i], u)).Sum(), i => ofUp[i]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(43)]
    public void A_log_probability(int size)
    {
        var logits = Draw(size, 12);
        var target = size / 3;
        double LogProb(double[] row) => row[target] - Math.Log(row.Sum(Math.Exp));
        var gradient = logits.ToArray();
        fixed (float* p = gradient)
        {
            Assert.Equal(logits[target] - LogProb(Wide(logits)), RowMath.LogOfSum(p, size), 1e-6);
            RowGradients.LogProb(p, target, -1.5f, size);
        }

        Compare(Wide(logits), row => -1.5 * LogProb(row), i => gradient[i]);
    }

    [Fact]
    public void A_bias()
    {
        float[] rows = [.. Enumerable.Range(0, 3 * 11).Select(i => (float)i)], gradient = new float[11];
        gradient[10] = 5;
        fixed (float* p = rows, g = gradient)
        {
            RowGradients.Bias(p, 3, 11, 1, 11, g);
        }

        Assert.Equal(0, gradient[0]);
        Assert.Equal(1 + 12 + 23, gradient[1]);
        Assert.Equal(10 + 21 + 32 + 5, gradient[10]);
    }

    private static void Compare(double[] at, Func<double[], double> loss, Func<int, double> gradient)
    {
        const double step = 1e-5;
        for (var i = 0; i < at.Length; i++)
        {
            double[] above = [.. at], below = [.. at];
            above[i] += step;
            below[i] -= step;
            var expected = (loss(above) - loss(below)) / (2 * step);
            Assert.Equal(expected, gradient(i), 2e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    private static double[] Wide(float[] numbers) => [.. numbers.Select(number => (double)number)];

    private static float[] Draw(int count, long seed)
    {
        var random = CounterRandom.For(seed, "gradient-tests");
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
