using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Tests.Judge;

namespace R1Reward.Rewards.Tests.Remote;

public sealed class RemoteRewardClientTests
{
    private static readonly RemoteItem Item = new()
    {
        Prompt = "p", Sequence = "s", Reference = "1", ConditionImages = [new byte[] { 1 }, new byte[] { 2 }],
    };

    [Theory]
    [InlineData(RemoteProtocol.R1, "query", null)]
    [InlineData(RemoteProtocol.LightRft, "queries", null)]
    [InlineData(RemoteProtocol.LightRft, "query", "query")]
    public async Task The_body_is_that_of_the_protocol(RemoteProtocol protocol, string expected, string? queryKey)
    {
        var body = new JObject();
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            await context.Response.WriteAsync("""{"rewards":[1]}""");
        });
        using var client = Client(server, protocol, options => options with { QueryKey = queryKey });

        await client.ScoreAsync([Item]);

        Assert.Equal("s", (string)body[expected]!.Single()!);
        Assert.Equal("p", (string)body["prompts"]!.Single()!);
        var wants = protocol == RemoteProtocol.LightRft;
        Assert.Equal(wants ? """["1"]""" : null, body["references"]?.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(wants ? """[["AQ==","Ag=="]]""" : null, body["images"]?.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Theory]
    [InlineData(RemoteProtocol.R1, 5, 180)]
    [InlineData(RemoteProtocol.LightRft, 5, 3000)]
    public async Task What_breaks_is_sent_again_after_a_second_and_five_times_in_all(
        RemoteProtocol protocol, int attempts, int limit)
    {
        var time = new ManualTime();
        var never = new TaskCompletionSource();
        // An error, a reply without rewards, a reply of another form, no reply at all, an error.
        await using var server = await ScriptedServer.StartAsync((n, context) => n switch
        {
            2 => context.Response.WriteAsync("{}"),
            3 => context.Response.WriteAsync("<html>"),
            4 => never.Task.WaitAsync(context.RequestAborted),
            _ => ScriptedServer.Refuse(context, 500, "down"),
        });
        using var client = Client(server, protocol, time: time);

        var scoring = client.ScoreAsync([Item]);
        for (var pause = 1; pause < attempts; pause++)
        {
            if (pause == 4)
            {
                await WaitUntil(() => server.Completions == 4);
                time.Advance(TimeSpan.FromSeconds(limit));
            }

            await time.WaitForTimerAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(pause, server.Completions);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var scores = await scoring;
        Assert.Equal((attempts, attempts), (scores.Attempts, server.Completions));
        Assert.Contains("answered 500", scores.Failure);
        Assert.Contains("down", scores.Failure);
    }

    [Theory]
    [InlineData("""{"rewards":[1,2]}""", "2 rewards for 1 items")]
    [InlineData("""{"rewards":[NaN]}""", "not finite")]
    [InlineData("""{"rewards":["1"]}""", "list of numbers")]
    public async Task Rewards_that_do_not_fit_are_a_failure(string reply, string reason)
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => context.Response.WriteAsync(reply));
        using var client = Client(server, RemoteProtocol.Pointwise);

        var scores = await client.ScoreAsync([Item]);

        Assert.Contains(reason, scores.Failure);
        Assert.Empty(scores.Rewards);
        Assert.Equal(1, server.Completions);
    }

    [Fact]
    public async Task A_flood_of_calls_keeps_to_the_set_concurrency()
    {
        var (now, most, gate, full) = (0, 0, new Lock(), new TaskCompletionSource());
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
                if (now == 3)
                {
                    full.TrySetResult();
                }
            }

            // Nothing is answered before three are in flight; then a moment in which a fourth could slip in.
            await full.Task;
            await Task.Yield();
            lock (gate)
            {
                now--;
            }

            await context.Response.WriteAsync("""{"rewards":[1]}""");
        });
        using var client = Client(server, RemoteProtocol.Pointwise, options => options with { Concurrency = 3 });

        var scores = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => client.ScoreAsync([Item])));

        Assert.All(scores, score => Assert.Null(score.Failure));
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task The_key_is_sent_but_never_told()
    {
        const string variable = "R1REWARD_TEST_REMOTE_KEY";
        Environment.SetEnvironmentVariable(variable, "secret-456");
        await using var server = await ScriptedServer.StartAsync(
            (_, context) => ScriptedServer.Refuse(context, 401, "wrong: " + context.Request.Headers.Authorization));
        using var client = Client(server, RemoteProtocol.Pointwise, options => options with { ApiKeyEnv = variable });

        var failure = (await client.ScoreAsync([Item])).Failure;

        Assert.Contains("Bearer (key)", failure);
        Assert.DoesNotContain("secret-456", failure);
    }

    [Fact]
    public async Task Rewards_of_several_servers_are_added_up()
    {
        await using var one = await ScriptedServer.StartAsync(
            (_, context) => context.Response.WriteAsync("""{"rewards":[1,2]}"""));
        await using var two = await ScriptedServer.StartAsync(
            (n, context) => n == 1
                ? context.Response.WriteAsync("""{"rewards":[0.5,-3]}""")
                : ScriptedServer.Refuse(context, 500));
        using var first = Client(one, RemoteProtocol.Pointwise);
        using var second = Client(two, RemoteProtocol.Pointwise);
        var both = new SummedRewards(first, second);

        var sums = await both.ScoreAsync([Item, Item]);
        Assert.Equal([1.5, -1.0], sums.Rewards.ToArray());
        Assert.NotNull((await both.ScoreAsync([Item, Item])).Failure);
    }

    [Fact]
    public void Wrong_settings_are_told_at_once()
    {
        var options = new RemoteRewardOptions
        {
            Url = new Uri("ftp://x"),
            Protocol = RemoteProtocol.R1,
            Attempts = 0,
            Concurrency = 0,
        };
        var message = Assert.Throws<UserErrorException>(
            () => new RemoteRewardClient(options, TimeProvider.System)).Message;
        Assert.Contains("ftp://x", message);
        Assert.Contains("attempts 0", message);
        Assert.Contains("concurrency 0", message);
    }

    private static RemoteRewardClient Client(
        ScriptedServer server,
        RemoteProtocol protocol,
        Func<RemoteRewardOptions, RemoteRewardOptions>? change = null,
        TimeProvider? time = null)
    {
        var options = new RemoteRewardOptions { Url = new Uri(server.Endpoint, "/"), Protocol = protocol };
        return new RemoteRewardClient(change?.Invoke(options) ?? options, time ?? TimeProvider.System);
    }

    private static async Task WaitUntil(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
