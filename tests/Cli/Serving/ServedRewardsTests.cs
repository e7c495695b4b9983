using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Cli.Serving;
using R1Reward.Data;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Text;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

public sealed class ServedRewardsTests : IDisposable
{
    private const string Good = "<think>response 1 is better</think><answer>1</answer>";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_configured_terms_are_what_is_paid()
    {
        await using var served = await StartAsync(
            "aggregation = sum, terms = [ { type = format, weight = 0.25 }, { type = result, weight = 3 } ]");

        var scores = await served.Rewards.ScoreAsync([Item(Good, "1"), Item(Good, "2")]);

        Assert.Equal([3.25, 0.25], scores.Rewards.ToArray());
    }

    [Fact]
    public async Task Without_terms_it_is_the_R1_reward_with_the_rule_judge()
    {
        await using var served = await StartAsync("");

        var scores = await served.Rewards.ScoreAsync(
            [Item(Good, "1"), Item("<think>response 2 is better</think><answer>1</answer>", "1"), Item(Good, "2")]);

        Assert.Equal([2.0, 1.5, 0.5], scores.Rewards.ToArray());
    }

    [Theory]
    [InlineData("terms = [ { type = lenght } ]", "no such type of term")]
    [InlineData("terms = [ { type = yes-no } ]", "asks a judge, but none is configured")]
    [InlineData("terms = [ { type = length, max = 9 } ]", "counts tokens")]
    public async Task Terms_that_cannot_be_served_are_refused_before_anything_listens(string rewards, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<UserErrorException>(() => StartAsync(rewards))).Message);

    private Task<ServedRewards> StartAsync(string rewards)
    {
        var path = _folder.At("serve.conf");
        File.WriteAllText(path, $"r1reward.rewards {{ {rewards} }}\n");
        var reader = Configurations.Load(path, [], _ => null).Reader();
        var (settings, judge) = (RewardSettings.Read(reader), JudgeSettings.Read(reader).Options);
        reader.ThrowIfWrong();
        return ServedRewards.StartAsync(settings, judge, AcceptedAnswers.None, ResponseMarker.Chatml, _ => { });
    }

    private static RemoteItem Item(string reply, string reference) => new()
    {
        Prompt = "p",
        Response = reply,
        Reference = reference,
    };
}
