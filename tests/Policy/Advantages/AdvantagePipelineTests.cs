using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;

namespace R1Reward.Policy.Tests.Advantages;

public sealed class AdvantagePipelineTests
{
    [Theory]
    [InlineData(AdvantageEstimator.Reinforce, GroupDeviation.Sample, 2, 1, 0, 1)]
    [InlineData(AdvantageEstimator.Rloo, GroupDeviation.Sample, 1.333333, 0, -1.333333, 0)]
    [InlineData(AdvantageEstimator.ReinforceBaseline, GroupDeviation.Sample, 1, 0, -1, 0)]
    [InlineData(AdvantageEstimator.GroupNorm, GroupDeviation.Sample, 1.224745, 0, -1.224745, 0)]
    [InlineData(AdvantageEstimator.GroupNorm, GroupDeviation.Population, 1.414214, 0, -1.414214, 0)]
    public void Group_shaping_compares_the_samples_of_a_prompt(
        AdvantageEstimator estimator, GroupDeviation deviation, double a, double b, double c, double d) =>
        Near([a, b, c, d], GroupShaping.Shape(estimator, [2, 1, 0, 1], [0, 0, 0, 0], deviation));

    [Fact]
    public void Groups_need_not_stand_together() =>
        Near(
            [1, 3, -1, -3],
            GroupShaping.Shape(
                AdvantageEstimator.ReinforceBaseline, [2, 6, 0, 0], [0, 1, 0, 1], GroupDeviation.Sample));

    [Fact]
    public void A_group_of_one_is_refused_where_samples_are_compared()
    {
        var error = Assert.Throws<ArgumentException>(
            () => GroupShaping.Shape(AdvantageEstimator.Rloo, [1], [7], GroupDeviation.Sample));
        Assert.Contains("group 7 has only one", error.Message);
    }

    [Fact]
    public void Rewards_are_cut_after_group_shaping()
    {
        // Cutting first would turn 30 and 10 into 10 and 10 and leave nothing to learn.
        var raw = new AdvantagePipeline(new AdvantageOptions { Estimator = AdvantageEstimator.ReinforceBaseline })
            .Estimate([Sample("a", 0, 50), Sample("b", 0, 10)], 0);
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
    public void The_filter_rules_differ_where_the_mean_is_far_from_zero(
        int highs,
        double high,
        int lows,
        double low,
        double mean,
        double reciprocal,
        double zHigh,
        double zLow,
        int paper,
        int reference)
    {
        double[] row = [.. Enumerable.Repeat(high, highs), .. Enumerable.Repeat(low, lows)];
        var moments = AdvantageMoments.From([row]);
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
        var batch = new AdvantagePipeline().Compute([Sample("a", 0, 1), Sample("b", 1, 1)], 0);
        Assert.All(batch.Traces, sample => Near([0, 0], sample.Advantages));
        Assert.Equal(0, batch.Stats.Deviation);
    }

    [Fact]
    public void An_empty_batch_and_an_empty_trace_have_figures()
    {
        Assert.Equal(0, new AdvantagePipeline().Compute([], 0).Stats.Tokens);
        var empty = Sample("a", 0, 1, []);
        var batch = new AdvantagePipeline().Compute([empty, Sample("b", 1, 2)], 0.1);
        Assert.Equal(2, batch.Stats.Tokens);
        Assert.Empty(batch.Traces[0].Advantages);
    }

    [Fact]
    public void Group_norm_is_not_standardised_again()
    {
        var options = new AdvantageOptions { Estimator = AdvantageEstimator.GroupNorm };
        var batch = new AdvantagePipeline(options)
            .Compute([Sample("a", 0, 2), Sample("b", 0, 1), Sample("c", 0, 0), Sample("d", 0, 1)], 0);
        Near([1.224745, 1.224745], batch.Traces[0].Advantages);
        Assert.Equal(0, batch.Stats.FilteredShare);
    }

    [Fact]
    public void A_value_that_is_not_finite_names_its_trace_and_token()
    {
        var broken = Sample("trace-7", 0, 1, [-1f, float.NaN]);
        var error = Assert.Throws<InvalidOperationException>(() => new AdvantagePipeline().Compute([broken], 0));
        Assert.Contains("trace-7", error.Message);
        Assert.Contains("token 1", error.Message);
    }

    [Fact]
    public void The_batch_divergence_weighs_long_traces_more()
    {
        var shorter = Sample("a", 0, 1, [-1f]);
        var longer = Sample("b", 1, 1, [-1f, -1f, -1f]);
        var stats = new AdvantagePipeline().Compute([shorter, longer], 0.1, [[-2f], [-1f, -1f, -1f]]).Stats;
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

    [Fact]
    public void Dr_grpo_takes_the_mean_away_and_divides_by_nothing()
    {
        var options = new AdvantageOptions { Estimator = AdvantageEstimator.DrGrpo };
        var batch = new AdvantagePipeline(options)
            .Compute([Sample("a", 0, 2), Sample("b", 0, 1), Sample("c", 0, 0), Sample("d", 0, 1)], 0);
        Near([1, 1], batch.Traces[0].Advantages);
        Near([-1, -1], batch.Traces[2].Advantages);
    }

    [Fact]
    public void Centring_leaves_the_spread_and_drops_nothing()
    {
        var options = new AdvantageOptions { Batch = BatchNormalisation.Centre };
        var batch = new AdvantagePipeline(options)
            .Compute([.. Enumerable.Range(0, 20).Select(i => Sample($"{i}", i, i == 0 ? 10 : 0))], 0);
        Near([9.5, 9.5], batch.Traces[0].Advantages);
        Assert.Equal(0, batch.Stats.FilteredShare);
    }

    [Fact]
    public void A_group_whose_rewards_are_the_same_is_left_out_of_means_and_update()
    {
        var options = new AdvantageOptions { DropEqualGroups = true };
        ScoredTrace[] samples = [Sample("a", 0, 2), Sample("b", 0, 2), Sample("c", 1, 1), Sample("d", 1, 0)];
        var batch = new AdvantagePipeline(options).Compute(samples, 0);
        Assert.Equal([true, true, false, false], batch.Traces.Select(sample => sample.Dropped));
        Assert.Equal((0.5, 4, 0.5), (batch.Stats.Mean, batch.Stats.Tokens, batch.Stats.DroppedShare));
        Near([1, 1], batch.Traces[2].Advantages);
        Assert.DoesNotContain(new AdvantagePipeline().Compute(samples, 0).Traces, sample => sample.Dropped);
    }

    [Fact]
    public void A_trace_that_was_cut_off_is_left_out_where_that_is_asked_for()
    {
        ScoredTrace[] samples = [Cut(Sample("a", 0, 1)), Sample("b", 1, 0)];
        Assert.Equal(
            [true, false],
            new AdvantagePipeline(new AdvantageOptions { DropTruncated = true })
                .Compute(samples, 0).Traces.Select(sample => sample.Dropped));
        Assert.Equal(
            [false, false], new AdvantagePipeline().Compute(samples, 0).Traces.Select(sample => sample.Dropped));
    }

    [Fact]
    public void Advantages_are_cut_and_returns_are_not()
    {
        var raw = new AdvantagePipeline(new AdvantageOptions { AdvantageClip = 3 }).Estimate([Sample("a", 0, 5)], 0);
        Near([3, 3], raw[0].Advantages);
        Near([5, 5], raw[0].Returns);
    }

    [Fact]
    public void Running_moments_go_on_over_batches_and_survive_an_interruption()
    {
        var options = new AdvantageOptions { RewardNormalisation = RewardNormalisation.Standardise };
        var whole = new AdvantagePipeline(options);
        whole.Estimate([Sample("a", 0, 0), Sample("b", 1, 2)], 0);
        var resumed = new AdvantagePipeline(options, whole.RewardMoments);
        foreach (var pipeline in new[] { whole, resumed })
        {
            // Rewards 0, 2, 4 so far: mean 2, sample deviation 2.
            Assert.Equal(1, pipeline.Estimate([Sample("c", 2, 4)], 0)[0].Return, 1e-9);
        }
    }

    [Theory]
    [InlineData(
        RewardAggregation.Sum,
        GroupDeviation.BatchPopulation,
        new[] { 0.512316, -0.717242, 0.204926, 1.639410, -0.204926, -1.434483 })]
    [InlineData(
        RewardAggregation.Sum,
        GroupDeviation.Population,
        new[] { 0.980581, -1.372813, 0.392232, 1.297771, -0.162221, -1.135550 })]
    [InlineData(
        RewardAggregation.Gdpo,
        GroupDeviation.Population,
        new[] { 0.927890, -1.265919, 0.338029, 1.442847, -0.334454, -1.108394 })]
    public void Two_terms_become_advantages_by_their_sum_or_each_by_itself(
        RewardAggregation aggregation, GroupDeviation deviation, double[] expected)
    {
        double[] first = [0.8, 0.6, 0.7, 0.9, 0.5, 0.55], second = [0.2, 0.4, 0.35, 0.1, 0.6, 0.3];
        var options = new AdvantageOptions
        {
            Estimator = AdvantageEstimator.GroupNorm,
            GroupDeviation = deviation,
            Aggregation = aggregation,
            TermWeights = [1, 0.5],
        };
        var batch = new AdvantagePipeline(options).Compute(
            [.. first.Select((value, i) => Sample($"{i}", i / 3, 0) with { Terms = new[] { value, second[i] } })], 0);
        Near(expected, [.. batch.Traces.Select(sample => sample.Advantages[0])]);
    }

    [Fact]
    public void A_term_without_a_number_counts_nowhere_and_a_sample_without_any_is_left_out()
    {
        var options = new AdvantageOptions
        {
            Estimator = AdvantageEstimator.ReinforceBaseline,
            Batch = BatchNormalisation.None,
            TermWeights = [1, 0.5],
        };
        var batch = new AdvantagePipeline(options).Compute(
            [
                Terms("a", 2, double.NaN),
                Terms("b", double.NaN, 2),
                Terms("c", double.NaN, double.NaN),
                Terms("d", 0, 0),
            ],
            0);
        Assert.Equal([false, false, true, false], batch.Traces.Select(sample => sample.Dropped));
        Near([1, 0, -1], [.. batch.Traces.Where(sample => !sample.Dropped).Select(sample => sample.Advantages[0])]);

        static ScoredTrace Terms(string id, double first, double second) =>
            Sample(id, 0, 0) with { Terms = new[] { first, second } };
    }

    [Theory]
    [InlineData(AdvantageEstimator.Reinforce, RewardNormalisation.None)]
    [InlineData(AdvantageEstimator.Reinforce, RewardNormalisation.Standardise)]
    [InlineData(AdvantageEstimator.Rloo, RewardNormalisation.Scale)]
    [InlineData(AdvantageEstimator.ReinforceBaseline, RewardNormalisation.None)]
    [InlineData(AdvantageEstimator.GroupNorm, RewardNormalisation.None)]
    [InlineData(AdvantageEstimator.DrGrpo, RewardNormalisation.None)]
    public void A_sample_whose_reward_is_undecided_changes_nothing_for_the_others(
        AdvantageEstimator estimator, RewardNormalisation normalisation)
    {
        var options = new AdvantageOptions
        {
            Estimator = estimator,
            RewardNormalisation = normalisation,
            TermWeights = [1],
        };
        AdvantageBatch Batch(params double[] rewards) => new AdvantagePipeline(options)
            .Compute([.. rewards.Select((reward, i) => Sample($"{i}", 0, 0) with { Terms = new[] { reward } })], 0);

        var decided = Batch(1, 3, 2);
        var all = Batch(1, 3, 2, double.NaN);

        Assert.Equal([false, false, false, true], all.Traces.Select(trace => trace.Dropped));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(decided.Traces[i].Advantages, all.Traces[i].Advantages);
        }

        Assert.Equal(decided.Stats with { DroppedShare = 0.25 }, all.Stats);
    }

    [Fact]
    public void A_group_whose_decided_rewards_are_the_same_has_no_spread()
    {
        double[] rewards = [1, 1, double.NaN, 1, 2, double.NaN];
        Assert.Equal([true, true, true, false, false, false], GroupShaping.WithoutSpread(rewards, [0, 0, 0, 1, 1, 1]));
    }

    [Theory]
    [InlineData(true, NoSignal.AllTruncated)]
    [InlineData(false, NoSignal.EqualRewards)]
    public void Rewards_that_the_limit_makes_equal_are_no_signal(bool cut, NoSignal reason)
    {
        ScoredTrace[] samples = [Sample("a", 0, 12), Sample("b", 1, 15)];
        var batch = new AdvantagePipeline().Compute(
            [.. samples.Select(sample => cut ? Cut(sample) : sample)], 1, [[-2f, -1f], [-1f, -3f]]);

        Assert.Equal(reason, batch.SkippedFor);
        Assert.All(batch.Traces, trace => Near([0, 0], trace.Advantages));
        Assert.Equal(0.75, batch.Stats.Kl, 1e-9);
    }

    [Fact]
    public void A_batch_without_any_decided_reward_says_so_and_has_no_figures()
    {
        var options = new AdvantageOptions { TermWeights = [1] };
        ScoredTrace[] samples = [.. new[] { "a", "b" }.Select(id => Sample(id, 0, 0) with { Terms = [double.NaN] })];

        var batch = new AdvantagePipeline(options).Compute(samples, 1, [[-2f, -1f], [-1f, -3f]]);

        Assert.Equal(NoSignal.AllUndecided, batch.SkippedFor);
        Assert.Equal((0, 1.0), (batch.Stats.Tokens, batch.Stats.DroppedShare));
        Assert.All(
            [batch.Stats.Mean, batch.Stats.Deviation, batch.Stats.FilteredShare, batch.Stats.Kl],
            figure => Assert.True(double.IsNaN(figure)));
    }

    [Fact]
    public void Terms_and_weights_must_be_as_many()
    {
        var pipeline = new AdvantagePipeline(new AdvantageOptions { TermWeights = [1, 1] });
        Assert.Contains("1 reward terms", Assert.Throws<InvalidOperationException>(() =>
            pipeline.Compute([Sample("a", 0, 0) with { Terms = new[] { 1.0 } }], 0)).Message);
        var infinite = Sample("trace-9", 0, 0) with { Terms = new[] { 1.0, double.PositiveInfinity } };
        Assert.Contains(
            "trace-9", Assert.Throws<InvalidOperationException>(() => pipeline.Compute([infinite], 0)).Message);
    }

    private static ScoredTrace Cut(ScoredTrace scored) =>
        scored with { Trace = scored.Trace with { Finish = FinishReason.Length } };

    private static ScoredTrace Sample(string id, int group, double reward) => Sample(id, group, reward, [-1f, -1f]);

    private static ScoredTrace Sample(string id, int group, double reward, float[] logProbs) =>
        new(Some.Trace(id, [1], new int[logProbs.Length], logProbs), group, reward, []);

    internal static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
