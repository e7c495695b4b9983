using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Policy.Tests.Models.Kernels;

public sealed unsafe class RowProductTests
{
    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int, int>();
            foreach (var rows in (int[])[1, 2, 3, 7, 8, 9, 16, 24, 25, 31, 64, 301])
            {
                shapes.Add(rows, 128, 384);
                shapes.Add(rows, 37, 18);
                shapes.Add(rows, 5, 1);
                shapes.Add(rows, 1700, 7);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_float64_but_for_rounding(int rows, int inputs, int outputs)
    {
        var (x, w, bias) = (Draw(rows * inputs, 1), Draw(outputs * inputs, 2), Draw(outputs, 3));
        var y = Product(x, w, bias, rows, inputs, outputs);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < outputs; column++)
            {
                double sum = bias[column], size = Math.Abs(bias[column]);
                for (var k = 0; k < inputs; k++)
                {
                    var term = (double)x[(row * inputs) + k] * w[(column * inputs) + k];
                    sum += term;
                    size += Math.Abs(term);
                }

                Assert.InRange(y[(row * outputs) + column] - sum, -1e-6 * size, 1e-6 * size);
            }
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_whichever_rows_it_comes_with()
    {
        const int rows = 67, inputs = 133, outputs = 22;
        var (x, w, bias) = (Draw(rows * inputs, 4), Draw(outputs * inputs, 5), Draw(outputs, 6));
        var all = Product(x, w, bias, rows, inputs, outputs);
        foreach (var count in (int[])[1, 2, 3, 8])
        {
            for (var row = 0; row <= rows - count; row += count)
            {
                var some = Product(x[(row * inputs)..((row + count) * inputs)], w, bias, count, inputs, outputs);
                Assert.Equal(all[(row * outputs)..((row + count) * outputs)], some);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_has_the_bits_of_the_one_that_training_makes(int rows, int inputs, int outputs)
    {
        var (x, w) = (Draw(rows * inputs, 7), Draw(outputs * inputs, 8));
        var expected = new float[rows * outputs];
        fixed (float* px = x, pw = w, py = expected)
        {
            PackedProduct.Multiply(
                Strided.Of(px, inputs), Strided.Of(pw, inputs).Transposed, py, rows, outputs, inputs);
        }

        Assert.Equal(expected, Product(x, w, new float[outputs], rows, inputs, outputs));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_of_a_product_needs_no_other_order(int rows, int inputs, int outputs)
    {
        var (x, w, bias) = (Draw(rows * inputs, 9), Draw(outputs * inputs, 10), Draw(outputs, 11));
        var (second, none) = (Draw(5 * outputs, 12), new float[5]);
        var expected = Product(Product(x, w, bias, rows, inputs, outputs), second, none, rows, outputs, 5);
        var (padded, result) = (RowPanels.Padded(rows), new float[rows * 5]);
        float[] room = new float[padded * inputs], between = new float[padded * outputs];
        fixed (float* px = x, pw = w, pb = bias, ps = second, py = result, pr = room, pm = between)
        {
            var middle = new RowPanels(pm, rows, outputs);
            var panels = new RowPanels(pr, rows, inputs).Packed(px);
            RowProduct.Multiply(panels, new CpuMatrix(pw, pb, inputs, outputs), middle);
            RowProduct.Multiply(middle, new CpuMatrix(ps, null, outputs, 5), py);
        }

        Assert.Equal(expected, result);
    }

    [Fact]
    public void A_product_is_added_to_what_is_there()
    {
        float[] x = [1, 2, 3], w = [1, 1, 1, 0, 1, 0], y = [10, 20];
        var room = new float[RowPanels.Padded(1) * 3];
        fixed (float* px = x, pw = w, py = y, panels = room)
        {
            RowProduct.Multiply(new RowPanels(panels, 1, 3).Packed(px), new CpuMatrix(pw, null, 3, 2), py, add: true);
        }

        Assert.Equal([16f, 22f], y);
    }

    private static float[] Product(float[] x, float[] w, float[] bias, int rows, int inputs, int outputs)
    {
        var y = new float[rows * outputs];
        var room = new float[RowPanels.Padded(rows) * inputs];
        fixed (float* px = x, pw = w, pb = bias, py = y, panels = room)
        {
            RowProduct.Multiply(
                new RowPanels(panels, rows, inputs).Packed(px), new CpuMatrix(pw, pb, inputs, outputs), py);
        }

        return y;
    }

    private static float[] Draw(int count, long seed)
    {
        var random = CounterRandom.For(seed, "kernel-tests");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
