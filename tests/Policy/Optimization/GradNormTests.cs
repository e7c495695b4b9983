using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class GradNormTests
{
    private static readonly double?[] First = [1.0, 2.0, 4.0];
    private static readonly double?[] Now = [0.5, 1.8, 1.0];
    private static readonly double[] Norms = [0.7, 2.0, 0.4];

    [Fact]
    public void A_step_of_the_weights_is_down_the_slope_that_finite_differences_find()
    {
        const double rate = 1e-3, small = 1e-6;
        var balance = Begun(alpha: 1.5, rate);
        double[] before = [1.3, 0.9, 0.8];
        balance.GoOnFrom(before, First);
        var targets = balance.Targets([0, 1, 2], Now, Norms);
        double[] expected =
        [
            .. before.Select((weight, i) =>
            {
                double At(double moved) => GradNorm.Objective(
                    [.. before.Select((other, j) => j == i ? other + moved : other)], Norms, targets);
                return weight - (rate * (At(small) - At(-small)) / (2 * small));
            }),
        ];
        balance.Update(Now, Norms);

        var scale = 3 / expected.Sum();
        Assert.All(expected.Zip(balance.Weights), both => Assert.Equal(both.First * scale, both.Second, 1e-8));
    }

    [Fact]
    public void Targets_are_the_mean_norm_times_the_relative_rate_of_each_loss()
    {
        var balance = Begun(alpha: 2, 0.1);

        // Norms 0.7, 2 and 0.4 have the mean 31/30; rates 0.5, 0.9 and 0.25 the mean 0.55.
        var targets = balance.Targets([0, 1, 2], Now, Norms);
        Assert.Equal(31 / 30.0 * Math.Pow(0.5 / 0.55, 2), targets[0], 1e-12);
        Assert.Equal(31 / 30.0 * Math.Pow(0.9 / 0.55, 2), targets[1], 1e-12);
        Assert.Equal(31 / 30.0 * Math.Pow(0.25 / 0.55, 2), targets[2], 1e-12);
    }

    [Fact]
    public void Losses_of_equal_pace_come_to_weighted_norms_that_are_equal()
    {
        var balance = new GradNorm(2, alpha: 1, learningRate: 0.01);
        for (var step = 0; step < 2000; step++)
        {
            balance.Update([1, 1], [4, 1]);
        }

        Assert.Equal(2, balance.Weights.Sum(), 1e-9);
        Assert.Equal(1, balance.Weights[0] * 4 / balance.Weights[1], 0.1);
    }

    [Fact]
    public void A_loss_without_a_value_keeps_its_weight_beside_the_others_and_one_alone_changes_nothing()
    {
        var balance = Begun(alpha: 1, 0.01);
        balance.Update([0.5, null, null], Norms);
        Assert.Equal([1.0, 1, 1], balance.Weights);

        balance.Update([0.5, 1.8, null], Norms);
        Assert.Equal(3, balance.Weights.Sum(), 1e-9);
        Assert.NotEqual(balance.Weights[0], balance.Weights[1]);
    }

    [Fact]
    public void A_weight_never_comes_to_nothing()
    {
        var balance = new GradNorm(2, alpha: 1, learningRate: 10);
        balance.Update([1, 1], [100, 0.01]);
        balance.Update([1, 1], [100, 0.01]);

        Assert.All(balance.Weights, weight => Assert.True(weight > 0));
    }

    private static GradNorm Begun(double alpha, double rate)
    {
        var balance = new GradNorm(3, alpha, rate);
        balance.GoOnFrom([1, 1, 1], First);
        return balance;
    }
}
