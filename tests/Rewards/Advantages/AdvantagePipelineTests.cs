using R1Reward.Rewards.Advantages;

namespace R1Reward.Rewards.Tests.Advantages;

public sealed class AdvantagePipelineTests
{
    [Theory]
    [InlineData(0.3, 0.3, 0.045, 0.040818)]
    [InlineData(-0.5, -0.5, 0.125, 0.148721)]
    public void Kl_estimators_have_their_defining_values(double d, double k1, double k2, double k3)
    {
        Assert.Equal(k1, TokenRewards.Kl(KlEstimator.K1, [(float)d], [0f])[0], 1e-6);
        Assert.Equal(k2, TokenRewards.Kl(KlEstimator.K2, [(float)d], [0f])[0], 1e-6);
        Assert.Equal(k3, TokenRewards.Kl(KlEstimator.K3, [(float)d], [0f])[0], 1e-6);
    }

    [Fact]
    public void The_sequence_reward_lands_on_the_last_counted_token()
    {
        double[] mask = [1, 1, 1, 0];
        var tokens = TokenRewards.Compose([0.1, -0.05, 0.2, 0], 2, 0.01, 10, mask);
        Near([-0.001, 0.0005, 1.998, 0], tokens);
        Near([1.9975, 1.9985, 1.998, 0], Returns.Discounted(tokens, 1, mask));
    }

    [Fact]
    public void Gae_has_the_values_of_the_specification()
    {
        var (advantages, returns) = Returns.Gae([0.5f, 0.4f, 0.3f], [0, 0, 1], 1, 0.95);
        Near([0.43675, 0.565, 0.7], advantages);
        Near([0.93675, 0.965, 1.0], returns);
    }

    [Theory]
    [InlineData(AdvantageEstimator.Reinforce, GroupDeviation.Sample, 2, 1, 0, 1)]
    [InlineData(AdvantageEstimator.Rloo, GroupDeviation.Sample, 1.333333, 0, -1.333333, 0)]
    [InlineData(AdvantageEstimator.ReinforceBaseline, GroupDeviation.Sample, 1, 0, -1, 0)]
    [InlineData(AdvantageEstimator.GroupNorm, GroupDeviation.Sample, 1.224745, 0, -1.224745, 0)]
    [InlineData(AdvantageEstimator.GroupNorm, GroupDeviation.Population, 1.414214, 0, -1.414214, 0)]
    public void Group_shaping_compares_the_samples_of_a_prompt(
        AdvantageEstimator estimator, GroupDeviation deviation, double a, double b, double c, double d) =>
        Near([a, b, c, d], GroupShaping.Shape(estimator, [2, 1, 0, 1], ["p", "p", "p", "p"], deviation));

    [Fact]
    public void Groups_need_not_stand_together() =>
        Near([1, 3, -1, -3], GroupShaping.Shape(AdvantageEstimator.ReinforceBaseline, [2, 6, 0, 0], ["p", "q", "p", "q"], GroupDeviation.Sample));

    [Fact]
    public void A_group_of_one_is_refused_where_samples_are_compared()
    {
        var error = Assert.Throws<ArgumentException>(() => GroupShaping.Shape(AdvantageEstimator.Rloo, [1], ["alone"], GroupDeviation.Sample));
        Assert.Contains("alone", error.Message);
    }

    [Fact]
    public void Rewards_are_cut_after_group_shaping()
    {
        // Cutting first would turn 30 and 10 into 10 and 10 and leave nothing to learn.
        var raw = new AdvantagePipeline(new AdvantageOptions { Estimator = AdvantageEstimator.ReinforceBaseline })
            .Estimate([Sample("a", "p", 50), Sample("b", "p", 10)], 0);
        Near([10, 10], raw[0].Advantages);
        Near([-10, -10], raw[1].Advantages);
    }

    // Counts and levels worked out by hand; z of both levels and how many each rule zeroes.
    [Theory]
    [InlineData(15, 2.0, 1, 0.0, 1.875, 2.065591, 0.258199, -3.872983, 1, 1)]
    [InlineData(3, 2.0, 2, 0.5, 1.4, 1.360828, 0.816497, -1.224745, 0, 0)]
    [InlineData(255, 1.0, 1, 0.0, 0.996094, 16.031342, 0.062622, -15.968719, 1, 1)]
    [InlineData(230, 2.0, 26, 0.5, 1.847656, 2.206979, 0.336219, -2.974248, 0, 26)]
    [InlineData(200, 2.0, 56, 0.5, 1.671875, 1.612648, 0.529150, -1.889822, 0, 56)]
    [InlineData(20, 1.0, 236, 0.0, 0.078125, 3.726224, 3.435113, -0.291111, 20, 20)]
    public void The_filter_rules_differ_as_the_specification_says(
        int highs, double high, int lows, double low, double mean, double reciprocal, double zHigh, double zLow, int paper, int reference)
    {
        double[] row = [.. Enumerable.Repeat(high, highs), .. Enumerable.Repeat(low, lows)];
        var moments = AdvantageMoments.Of([row]);
        Assert.Equal(mean, moments.Mean, 1e-5);
        Assert.Equal(reciprocal, moments.ReciprocalDeviation, 1e-5);
        var all = AdvantageFilter.Apply(AdvantageFilterRule.None, row, moments, out var none);
        Near([zHigh, zLow], [all[0], all[^1]]);
        Assert.Equal(0, none);
        AdvantageFilter.Apply(AdvantageFilterRule.Paper, row, moments, out var byPaper);
        AdvantageFilter.Apply(AdvantageFilterRule.Reference, row, moments, out var byReference);
        Assert.Equal((paper, reference), (byPaper, byReference));
    }

    [Fact]
    public void Equal_advantages_become_zeros_not_infinities()
    {
        var batch = new AdvantagePipeline().Compute([Sample("a", "p", 1), Sample("b", "q", 1)], 0);
        Assert.All(batch.Samples, sample => Near([0, 0], sample.Advantages));
        Assert.Equal(0, batch.Stats.Deviation);
    }

    [Fact]
    public void An_empty_batch_and_an_empty_trace_have_figures()
    {
        Assert.Equal(0, new AdvantagePipeline().Compute([], 0).Stats.Tokens);
        var empty = Sample("a", "p", 1) with { LogProbs = default, ReferenceLogProbs = default };
        var batch = new AdvantagePipeline().Compute([empty, Sample("b", "q", 2)], 0.1);
        Assert.Equal(2, batch.Stats.Tokens);
        Assert.Empty(batch.Samples[0].Advantages);
    }

    [Fact]
    public void Group_norm_is_not_standardised_again()
    {
        var options = new AdvantageOptions { Estimator = AdvantageEstimator.GroupNorm };
        var batch = new AdvantagePipeline(options).Compute([Sample("a", "p", 2), Sample("b", "p", 1), Sample("c", "p", 0), Sample("d", "p", 1)], 0);
        Near([1.224745, 1.224745], batch.Samples[0].Advantages);
        Assert.Equal(0, batch.Stats.FilteredShare);
    }

    [Fact]
    public void A_value_that_is_not_finite_names_its_trace_and_token()
    {
        var broken = Sample("trace-7", "p", 1) with { LogProbs = new[] { -1f, float.NaN } };
        var error = Assert.Throws<InvalidOperationException>(() => new AdvantagePipeline().Compute([broken], 0));
        Assert.Contains("trace-7", error.Message);
        Assert.Contains("token 1", error.Message);
    }

    [Fact]
    public void The_batch_divergence_weighs_long_traces_more()
    {
        var shorter = Sample("a", "p", 1) with { LogProbs = new[] { -1f }, ReferenceLogProbs = new[] { -2f } };
        var longer = Sample("b", "q", 1) with { LogProbs = new[] { -1f, -1f, -1f }, ReferenceLogProbs = new[] { -1f, -1f, -1f } };
        var stats = new AdvantagePipeline().Compute([shorter, longer], 0.1).Stats;
        Assert.Equal(0.25, stats.Kl, 1e-9);
    }

    [Fact]
    public void The_adaptive_controller_steers_by_at_most_a_fifth()
    {
        var controller = new KlController(new KlOptions { Initial = 0.01, Target = 0.06, Horizon = 10_000 });
        controller.Update(0.05, 256);
        Assert.Equal(0.009957333, controller.Coefficient, 1e-9);
        controller.Update(100, 10_000);
        Assert.Equal(0.009957333 * 1.2, controller.Coefficient, 1e-8);
    }

    private static SampleScore Sample(string id, string group, double reward) => new()
    {
        Id = id,
        Group = group,
        Reward = reward,
        LogProbs = new[] { -1f, -1f },
        ReferenceLogProbs = new[] { -1f, -1f },
    };

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
