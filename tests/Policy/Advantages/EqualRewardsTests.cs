using R1Reward.Policy.Advantages;

namespace R1Reward.Policy.Tests.Advantages;

public sealed class EqualRewardsTests
{
    [Theory]
    [InlineData(AdvantageEstimator.GroupNorm)]
    [InlineData(AdvantageEstimator.Rloo)]
    [InlineData(AdvantageEstimator.ReinforceBaseline)]
    [InlineData(AdvantageEstimator.DrGrpo)]
    public void Rewards_that_differ_by_the_rounding_of_their_sums_alone_are_the_same(AdvantageEstimator estimator)
    {
        double[] rewards = [0.1 + 0.2, 0.3, 0.1 + 0.2];
        Assert.NotEqual(rewards[0], rewards[1]);

        Assert.Equal([0.0, 0.0, 0.0], GroupShaping.Shape(estimator, rewards, [0, 0, 0], GroupDeviation.Sample));
        Assert.Equal([true, true, true], GroupShaping.WithoutSpread(rewards, [0, 0, 0]));
    }

    [Theory]
    [InlineData(RewardAggregation.Sum)]
    [InlineData(RewardAggregation.Gdpo)]
    public void The_divergence_is_subtracted_however_several_terms_become_one_reward(RewardAggregation aggregation)
    {
        var options = new AdvantageOptions
        {
            Estimator = AdvantageEstimator.GroupNorm,
            Aggregation = aggregation,
            TermWeights = [1, 0.5],
        };
        ScoredTrace[] samples =
        [
            Sample("a") with { Terms = [1.0, 0.0] },
            Sample("b") with { Terms = [0.0, 0.5] },
        ];

        var raw = new AdvantagePipeline(options).Estimate(samples, 0.5, [[-2f, -1f], [-1f, -1f]]);

        Assert.Equal(raw[0].Advantages[1] - 0.5, raw[0].Advantages[0], 1e-9);
        Assert.Equal(raw[1].Advantages[1], raw[1].Advantages[0], 1e-9);
    }

    private static ScoredTrace Sample(string id) => new(Some.Trace(id, [1], [0, 0], [-1f, -1f]), 0, 0, []);
}
