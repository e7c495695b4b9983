using R1Reward.Data;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Tests.Judge;

public sealed class JudgeOptionsTests
{
    [Fact]
    public void Wrong_settings_are_named_all_at_once()
    {
        var options = new JudgeOptions
        {
            Concurrency = 0,
            MaxAttempts = 0,
            Endpoints = [new Uri("ftp://judge"), new Uri("http://user:pass@judge/")],
        };
        var message = Assert.Throws<UserErrorException>(
            () => new OpenAiJudgeClient(options, TimeProvider.System)).Message;
        Assert.Contains("judge.concurrency is 0", message);
        Assert.Contains("judge.max-attempts is 0", message);
        Assert.Contains("ftp://judge", message);
        Assert.DoesNotContain("pass@", message);
    }

    [Fact]
    public void A_named_key_that_is_not_set_is_a_clear_error()
    {
        var options = new JudgeOptions
        {
            Endpoints = [new Uri("http://127.0.0.1/v1")],
            ApiKeyEnv = "R1REWARD_NO_SUCH_VARIABLE",
        };
        Assert.Contains(
            "R1REWARD_NO_SUCH_VARIABLE",
            Assert.Throws<UserErrorException>(() => new OpenAiJudgeClient(options, TimeProvider.System)).Message);
    }
}
