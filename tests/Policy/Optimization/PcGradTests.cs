using R1Reward.Data.Randomness;
using R1Reward.Policy.Optimization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class PcGradTests
{
    [Fact]
    public void Two_gradients_that_conflict_lose_what_they_take_from_each_other() =>
        Assert.Equal([0.5f, 1.5f], Combine([1, 0], [-1, 1]));

    [Fact]
    public void Gradients_that_do_not_conflict_add_up() => Assert.Equal([4f, 3f], Combine([1, 0], [1, 1], [2, 2]));

    [Fact]
    public void Three_gradients_are_projected_one_after_the_other_in_one_of_the_orders()
    {
        // By hand: g1 = (1, 0) against g2 = (-1, 1) first is (0.5, 0.5), then against g3 = (-1, -2) it is
        // (0.5, 0.5) + 1.5 / 5 (-1, -2) = (0.2, -0.1); the other way round (0.8, -0.4), then (0.2, 0.2). g2 against g1
        // is (0, 1), then + 2 / 5 (-1, -2) = (-0.4, 0.2); the other way round (-1.2, 0.6), then (0, 0.6). g3 against
        // g1 is (0, -2), then + 2 / 2 (-1, 1) = (-1, -1); the other way round (-1.5, -1.5), then (0, -1.5).
        (double X, double Y)[][] ways =
        [
            [(0.2, -0.1), (0.2, 0.2)], [(-0.4, 0.2), (0, 0.6)], [(-1, -1), (0, -1.5)],
        ];
        var possible =
            from first in ways[0] from second in ways[1] from third in ways[2]
            select (first.X + second.X + third.X, first.Y + second.Y + third.Y);

        for (var seed = 0; seed < 20; seed++)
        {
            var sum = Combine(seed, [1, 0], [-1, 1], [-1, -2]);
            Assert.Contains(possible, one =>
                Math.Abs(one.Item1 - sum[0]) < 1e-5 && Math.Abs(one.Item2 - sum[1]) < 1e-5);
        }
    }

    [Fact]
    public void A_gradient_of_nothing_changes_no_other() => Assert.Equal([1f, -2f], Combine([1, -2], [0, 0]));

    private static float[] Combine(params float[][] gradients) => Combine(1, gradients);

    private static float[] Combine(long seed, params float[][] gradients)
    {
        using var scope = NewDisposeScope();
        return Numbers.Values(PcGrad.Combine(
            [.. gradients.Select(gradient => tensor(gradient))], CounterRandom.For(seed, "orders")));
    }
}
