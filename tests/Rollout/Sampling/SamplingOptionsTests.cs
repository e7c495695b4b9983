using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

public sealed class SamplingOptionsTests
{
    [Fact]
    public void Defaults_of_a_checkpoint_replace_only_what_they_state()
    {
        var options = new SamplingOptions { Temperature = 0.9, TopK = 7, TopP = 0.95, MaxNewTokens = 3 };
        Assert.Equal(options, options.With(new GenerationDefaults { Samples = true }));
        Assert.Equal(
            options with { TopP = 0.8, RepetitionPenalty = 1.05 },
            options.With(new GenerationDefaults { TopP = 0.8, RepetitionPenalty = 1.05 }));
        Assert.Equal(0, options.With(new GenerationDefaults { Samples = false, Temperature = 0.7 }).Temperature);
    }

    [Theory]
    [InlineData(1e31, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(-1e-300, 1)]
    [InlineData(1, 1e-40)]
    [InlineData(1, 1e300)]
    public void Factors_that_overflow_are_refused(double temperature, double penalty)
    {
        var broken = new SamplingOptions { Temperature = temperature, RepetitionPenalty = penalty };
        Assert.Contains(
            penalty == 1 ? "temperature" : "repetition-penalty",
            Assert.Throws<UserErrorException>(broken.Validate).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_out_of_range_is_listed()
    {
        var broken = new SamplingOptions { MinP = 1.1, MinNewTokens = -1 };
        var message = Assert.Throws<UserErrorException>(broken.Validate).Message;
        Assert.Contains("min-p 1.1", message, StringComparison.Ordinal);
        Assert.Contains("min-new-tokens -1", message, StringComparison.Ordinal);
    }
}
