using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;

namespace R1Reward.Policy.Tests.Advantages;

public sealed class TokenRewardTests
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
        AdvantagePipelineTests.Near([-0.001, 0.0005, 1.998, 0], tokens);
        AdvantagePipelineTests.Near([1.9975, 1.9985, 1.998, 0], Returns.Discounted(tokens, 1, mask));
    }

    [Fact]
    public void Gae_weighs_later_rewards_by_lambda()
    {
        var (advantages, returns) = Returns.Gae([0.5f, 0.4f, 0.3f], [0, 0, 1], 1, 0.95);
        AdvantagePipelineTests.Near([0.43675, 0.565, 0.7], advantages);
        AdvantagePipelineTests.Near([0.93675, 0.965, 1.0], returns);
    }
}
