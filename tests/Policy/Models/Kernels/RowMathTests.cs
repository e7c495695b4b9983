using System.Runtime.Intrinsics;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Policy.Tests.Models.Kernels;

public sealed unsafe class RowMathTests
{
    [Fact]
    public void The_exponential_is_within_two_units_of_the_last_place()
    {
        for (var x = -87.2; x < 87.9; x += 0.0137)
        {
            var expected = Math.Exp((float)x);
            var actual = VectorExp.Of(Vector256.Create((float)x))[3];
            Assert.InRange((actual - expected) / expected, -2.4e-7, 2.4e-7);
        }

        Assert.Equal(0, VectorExp.Of(Vector256.Create(float.NegativeInfinity))[0]);
        Assert.Equal(0, VectorExp.Of(Vector256.Create(-1000f))[0]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(70)]
    public void A_norm_divides_by_the_root_of_the_mean_square(int size)
    {
        var (x, weight, y) = (Draw(size, 1), Draw(size, 2), new float[size]);
        fixed (float* px = x, pw = weight, py = y)
        {
            RowMath.Norm(px, pw, 1e-5f, py, size);
        }

        var root = Math.Sqrt((x.Sum(v => (double)v * v) / size) + 1e-5);
        for (var i = 0; i < size; i++)
        {
            Assert.Equal(x[i] / root * weight[i], y[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(40)]
    public void A_head_turns_by_its_angles(int size)
    {
        var x = Draw(size, 3);
        var half = size / 2;
        double Angle(int j) => 0.3 + (0.1 * j);
        float[] cos = [.. Enumerable.Range(0, size).Select(i => (float)Math.Cos(Angle(i % half)))];
        float[] sin =
        [
            .. Enumerable.Range(0, size).Select(i => (float)(Math.Sin(Angle(i % half)) * (i < half ? -1 : 1))),
        ];
        var turned = x.ToArray();
        fixed (float* p = turned, c = cos, s = sin)
        {
            RowMath.Rotate(p, c, s, size);
        }

        for (var j = 0; j < half; j++)
        {
            var (a, b) = ((double)x[j], (double)x[j + half]);
            Assert.Equal((a * Math.Cos(Angle(j))) - (b * Math.Sin(Angle(j))), turned[j], 1e-6);
            Assert.Equal((a * Math.Sin(Angle(j))) + (b * Math.Cos(Angle(j))), turned[j + half], 1e-6);
        }
    }

    [Fact]
    public void A_gate_lets_through_what_silu_says()
    {
        float[] gate = [-200, -90, -20, -1, 0, 0.5f, 3, 30, 200, -2, 7], up = [.. gate.Select((_, i) => i - 4.5f)];
        var result = gate.ToArray();
        fixed (float* g = result, u = up)
        {
            RowMath.Gate(g, u, g, gate.Length);
        }

        for (var i = 0; i < gate.Length; i++)
        {
            var expected = gate[i] / (1 + Math.Exp(-gate[i])) * up[i];
            Assert.Equal(expected, result[i], 1e-6 * Math.Max(1, Math.Abs(expected)));
        }
    }

    private static float[] Draw(int count, long seed)
    {
        var random = CounterRandom.For(seed, "row-tests");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
