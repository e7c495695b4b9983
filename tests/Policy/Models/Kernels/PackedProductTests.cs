using R1Reward.Data.Randomness;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Tests.Training;

namespace R1Reward.Policy.Tests.Models.Kernels;

// The number of threads is the whole process's, and with it sums change their last bits.
[Collection(nameof(GradientCheckpointingTests))]
public sealed class PackedProductTests
{
    /// <summary>Sizes around those of tiles, blocks and bands, and far from them.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 },
        { 5, 3, 7 },
        { 6, 32, 16 },
        { 7, 33, 17 },
        { 85, 40, 130 },
        { 64, 16, 1700 },
        { 13, 3100, 9 },
        { 200, 70, 769 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_float64_but_for_rounding(int rows, int columns, int depth)
    {
        foreach (var turned in (int[])[0, 1, 2, 3])
        {
            var (a, b) = (Draw(rows * depth, 1), Draw(depth * columns, 2));
            var result = Draw(rows * columns, 3);
            var before = result.ToArray();
            Multiply(a, (turned & 1) != 0, b, (turned & 2) != 0, result, rows, columns, depth, add: true);
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var at = (row * columns) + column;
                    double sum = before[at], size = Math.Abs(before[at]);
                    for (var k = 0; k < depth; k++)
                    {
                        var left = a[(turned & 1) != 0 ? (k * rows) + row : (row * depth) + k];
                        var right = b[(turned & 2) != 0 ? (column * depth) + k : (k * columns) + column];
                        sum += (double)left * right;
                        size += Math.Abs((double)left * right);
                    }

                    Assert.InRange(result[at] - sum, -2e-6 * size, 2e-6 * size);
                }
            }
        }
    }

    [Fact]
    public void What_was_in_the_result_is_gone_unless_it_is_added_to()
    {
        float[] a = [1, 2, 3], b = [1, 1, 1], result = [10];
        Multiply(a, false, b, false, result, 1, 1, 3, add: false);
        Assert.Equal([6f], result);
        Multiply(a, false, b, false, result, 1, 1, 3, add: true);
        Assert.Equal([12f], result);
    }

    [Fact]
    public async Task The_bits_are_the_same_with_any_number_of_threads()
    {
        const int rows = 203, columns = 100, depth = 900;
        var (a, b) = (Draw(rows * depth, 4), Draw(depth * columns, 5));
        var results = new List<float[]>();
        foreach (var threads in (int[])[1, 5, TorchSharp.torch.get_num_threads()])
        {
            using var thread = new TorchThread("product", threads);
            var result = new float[rows * columns];
            await thread.Run(() => Multiply(a, true, b, false, result, rows, columns, depth, add: false));
            results.Add(result);
        }

        Assert.Contains(results[0], value => value != 0);
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private static unsafe void Multiply(
        float[] a, bool turnedA, float[] b, bool turnedB, float[] result, int rows, int columns, int depth, bool add)
    {
        fixed (float* pa = a, pb = b, to = result)
        {
            PackedProduct.Multiply(
                turnedA ? Strided.Of(pa, rows).Transposed : Strided.Of(pa, depth),
                turnedB ? Strided.Of(pb, depth).Transposed : Strided.Of(pb, columns),
                to,
                rows,
                columns,
                depth,
                add);
        }
    }

    private static float[] Draw(int count, long seed)
    {
        var random = CounterRandom.For(seed, "product-tests");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
