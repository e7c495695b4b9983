using Microsoft.AspNetCore.Http;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;
using static R1Reward.Rewards.Tests.Judge.JudgeClients;

namespace R1Reward.Rewards.Tests.Judge;

public sealed class JudgeEndpointsTests
{
    [Fact]
    public async Task An_endpoint_that_keeps_failing_rests_and_returns()
    {
        var (time, up) = (new ManualTime(), false);
        await using var server = await ScriptedServer.StartAsync((_, context) =>
            up ? ScriptedServer.Say(context, "1") : ScriptedServer.Refuse(context, 500));
        using var client = Client(
            server,
            options => options with { MaxAttempts = 1, BreakAfter = 3, BreakFor = TimeSpan.FromSeconds(10) },
            time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(JudgeFailureKind.ServerError, (await client.AskAsync(Prompt)).Failure!.Kind);
        }

        var resting = await client.AskAsync(Prompt);
        Assert.Equal(
            (JudgeFailureKind.CircuitOpen, 0, 3), (resting.Failure!.Kind, resting.Attempts, server.Completions));
        up = true;
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
    }

    [Fact]
    public async Task A_flood_of_questions_keeps_to_the_set_concurrency()
    {
        var (now, most, gate, full) = (0, 0, new Lock(), new TaskCompletionSource());
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
                if (now == 4)
                {
                    full.TrySetResult();
                }
            }

            // Nothing is answered before four are in flight; then a moment in which a fifth could slip in.
            await full.Task;
            await Task.Yield();
            lock (gate)
            {
                now--;
            }

            await ScriptedServer.Say(context, "1");
        });
        using var client = Client(server, options => options with { Concurrency = 4 });
        var replies = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => client.AskAsync(Prompt)));
        Assert.All(replies, reply => Assert.Equal("1", reply.Text));
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task A_dead_endpoint_beside_a_living_one_costs_no_question()
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        using var client = Client(
            server, options => options with { Endpoints = [FreeAddress(), server.Endpoint], BreakAfter = 2 });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        }
    }

    [Fact]
    public async Task An_ejected_endpoint_comes_back_by_a_health_check_that_costs_no_question()
    {
        var (time, up) = (new ManualTime(), false);
        await using var sick = await ScriptedServer.StartAsync(
            (_, context) => up ? ScriptedServer.Say(context, "1") : ScriptedServer.Refuse(context, 500));
        await using var well = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        using var client = Client(sick, options => options with
        {
            Endpoints = [sick.Endpoint, well.Endpoint],
            MaxAttempts = 2,
            RetryDelay = TimeSpan.Zero,
            BreakAfter = 2,
            BreakFor = TimeSpan.FromSeconds(10),
        }, time);
        while (sick.Completions < 2)
        {
            Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(1, (await client.AskAsync(Prompt)).Attempts);
        }

        Assert.Equal((2, 1), (sick.Completions, sick.Listings));
        up = true;
        time.Advance(TimeSpan.FromSeconds(10));
        while (sick.Completions == 2)
        {
            Assert.Equal(1, (await client.AskAsync(Prompt)).Attempts);
        }

        Assert.Equal(2, sick.Listings);
    }

    [Fact]
    public async Task Each_endpoint_has_its_own_places()
    {
        var (most, now, gate) = (new int[2], new int[2], new Lock());
        async Task Complete(int server, HttpContext context)
        {
            lock (gate)
            {
                most[server] = Math.Max(most[server], ++now[server]);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            lock (gate)
            {
                now[server]--;
            }

            await ScriptedServer.Say(context, "1");
        }

        await using var one = await ScriptedServer.StartAsync((_, context) => Complete(0, context));
        await using var two = await ScriptedServer.StartAsync((_, context) => Complete(1, context));
        using var client = Client(
            one, options => options with { Endpoints = [one.Endpoint, two.Endpoint], Concurrency = 3 });
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.AskAsync(Prompt)));
        Assert.All(most, places => Assert.InRange(places, 1, 3));
        Assert.Equal(100, one.Completions + two.Completions);
    }

    [Fact]
    public async Task Idle_endpoints_share_the_questions()
    {
        await using var one = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        await using var two = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        using var client = Client(one, options => options with { Endpoints = [one.Endpoint, two.Endpoint] });
        for (var i = 0; i < 10; i++)
        {
            await client.AskAsync(Prompt);
        }

        Assert.Equal((5, 5), (one.Completions, two.Completions));
    }
}
