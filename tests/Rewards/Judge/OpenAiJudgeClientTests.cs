using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Judge;

public sealed class OpenAiJudgeClientTests
{
    private static readonly JudgePrompt Prompt = new("rules", "question");

    [FixtureFact]
    public async Task The_request_is_that_of_the_published_code()
    {
        var fixture = FixtureCase.Load("r1_consistency_judge").Json;
        var (body, key) = (new JObject(), "");
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            key = context.Request.Headers.Authorization.ToString();
            body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            await ScriptedServer.Say(context, "1");
        }, fixture["models_listed"]!.Select(id => (string)id!));
        using var client = Client(server);

        Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        Assert.Equal($"Bearer {fixture["api_key"]}", key);
        foreach (var option in ((JObject)fixture["request"]!).Properties())
        {
            Assert.True(JToken.DeepEquals(option.Value, body[option.Name]), $"{option.Name}: {body[option.Name]}");
        }

        Assert.Equal(["system", "user"], body["messages"]!.Select(message => (string)message["role"]!));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task What_is_transient_is_tried_again(int status)
    {
        await using var server = await ScriptedServer.StartAsync((n, context) =>
            n < 3 ? ScriptedServer.Refuse(context, status) : ScriptedServer.Say(context, "1"));
        using var client = Client(server);
        var reply = await client.AskAsync(Prompt);
        Assert.Equal(("1", 3), (reply.Text, reply.Attempts));
    }

    [Theory]
    [InlineData(500, JudgeFailureKind.ServerError)]
    [InlineData(429, JudgeFailureKind.RateLimited)]
    public async Task Trying_again_ends_and_says_why(int status, JudgeFailureKind kind)
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Refuse(context, status, "no room"));
        using var client = Client(server);
        var reply = await client.AskAsync(Prompt);
        Assert.Equal((kind, 4, 4), (reply.Failure!.Kind, reply.Attempts, server.Completions));
        Assert.True(reply.Failure.IsTransient);
        Assert.Contains($"answered {status}: no room", reply.Failure.Reason);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task A_refusal_is_not_tried_again_and_names_its_reason(int status)
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Refuse(context, status, "no such model"));
        using var client = Client(server);
        var reply = await client.AskAsync(Prompt);
        Assert.Equal((JudgeFailureKind.Rejected, 1), (reply.Failure!.Kind, reply.Attempts));
        Assert.False(reply.Failure.IsTransient);
        Assert.Contains($"{status}: no such model", reply.Failure.Reason);
    }

    [Fact]
    public async Task The_key_is_sent_but_never_told()
    {
        const string variable = "R1REWARD_TEST_JUDGE_KEY";
        Environment.SetEnvironmentVariable(variable, "secret-123");
        await using var server = await ScriptedServer.StartAsync((_, context) =>
            ScriptedServer.Refuse(context, 401, "wrong key: " + context.Request.Headers.Authorization));
        using var client = Client(server, options => options with { ApiKeyEnv = variable });
        var reason = (await client.AskAsync(Prompt)).Failure!.Reason;
        Assert.DoesNotContain("secret-123", reason);
        Assert.Contains("wrong key: Bearer (key)", reason);
    }

    [Fact]
    public async Task Another_service_at_the_address_is_recognised()
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => context.Response.WriteAsync("<html>hello</html>"));
        using var client = Client(server);
        Assert.Equal(JudgeFailureKind.BadReply, (await client.AskAsync(Prompt)).Failure!.Kind);
    }

    [Fact]
    public async Task A_judge_that_is_not_there_is_unreachable()
    {
        using var client = Client(FreeAddress());
        var reply = await client.AskAsync(Prompt);
        Assert.Equal((JudgeFailureKind.Unreachable, 4), (reply.Failure!.Kind, reply.Attempts));
    }

    [Fact]
    public async Task Retry_after_is_honoured()
    {
        var time = new ManualTime();
        await using var server = await ScriptedServer.StartAsync((n, context) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return n == 1 ? ScriptedServer.Refuse(context, 429) : ScriptedServer.Say(context, "1");
        });
        using var client = Client(server, time: time);
        var asking = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        Assert.Equal(1, server.Completions);
        time.Advance(TimeSpan.FromSeconds(7));
        var reply = await asking;
        Assert.Equal(("1", 2, TimeSpan.FromSeconds(7)), (reply.Text, reply.Attempts, reply.Latency));
    }

    [Fact]
    public async Task A_judge_that_does_not_reply_times_out()
    {
        var time = new ManualTime();
        var never = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync((_, context) => never.Task.WaitAsync(context.RequestAborted));
        using var client = Client(server, options => options with { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(30) }, time);
        var asking = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        var failure = (await asking).Failure!;
        Assert.Equal(JudgeFailureKind.TimedOut, failure.Kind);
        Assert.Contains("within 30 s", failure.Reason);
    }

    [Fact]
    public async Task An_endpoint_that_keeps_failing_rests_and_returns()
    {
        var (time, up) = (new ManualTime(), false);
        await using var server = await ScriptedServer.StartAsync((_, context) =>
            up ? ScriptedServer.Say(context, "1") : ScriptedServer.Refuse(context, 500));
        using var client = Client(server, options => options with { MaxAttempts = 1, BreakAfter = 3, BreakFor = TimeSpan.FromSeconds(10) }, time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(JudgeFailureKind.ServerError, (await client.AskAsync(Prompt)).Failure!.Kind);
        }

        var resting = await client.AskAsync(Prompt);
        Assert.Equal((JudgeFailureKind.CircuitOpen, 0, 3), (resting.Failure!.Kind, resting.Attempts, server.Completions));
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
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            lock (gate)
            {
                now--;
            }

            await ScriptedServer.Say(context, "1");
        });
        using var client = Client(server, options => options with { Concurrency = 4 });
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.AskAsync(Prompt)));
        Assert.All(replies, reply => Assert.Equal("1", reply.Text));
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task A_dead_endpoint_beside_a_living_one_costs_no_question()
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        using var client = Client(server, options => options with { Endpoints = [FreeAddress(), server.Endpoint], BreakAfter = 2 });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        }
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

    [Fact]
    public async Task A_caller_who_gives_up_is_told_by_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync((_, context) =>
        {
            cancelled.Cancel();
            return never.Task.WaitAsync(context.RequestAborted);
        });
        using var client = Client(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync(Prompt, cancelled.Token));
    }

    [Fact]
    public void Wrong_settings_are_told_all_at_once()
    {
        var options = new JudgeOptions { Concurrency = 0, MaxAttempts = 0, Endpoints = [new Uri("ftp://judge"), new Uri("http://user:pass@judge/")] };
        var message = Assert.Throws<UserErrorException>(() => new OpenAiJudgeClient(options, TimeProvider.System)).Message;
        Assert.Contains("judge.concurrency is 0", message);
        Assert.Contains("judge.max-attempts is 0", message);
        Assert.Contains("ftp://judge", message);
        Assert.DoesNotContain("pass@", message);
    }

    [Fact]
    public void A_named_key_that_is_not_set_is_a_clear_error()
    {
        var options = new JudgeOptions { Endpoints = [new Uri("http://127.0.0.1/v1")], ApiKeyEnv = "R1REWARD_NO_SUCH_VARIABLE" };
        Assert.Contains("R1REWARD_NO_SUCH_VARIABLE", Assert.Throws<UserErrorException>(() => new OpenAiJudgeClient(options, TimeProvider.System)).Message);
    }

    private static OpenAiJudgeClient Client(ScriptedServer server, Func<JudgeOptions, JudgeOptions>? change = null, TimeProvider? time = null) =>
        Client(server.Endpoint, change, time);

    private static OpenAiJudgeClient Client(Uri endpoint, Func<JudgeOptions, JudgeOptions>? change = null, TimeProvider? time = null)
    {
        var options = new JudgeOptions { Endpoints = [endpoint], RetryDelay = TimeSpan.FromMilliseconds(1), CacheEntries = 0 };
        return new OpenAiJudgeClient(change?.Invoke(options) ?? options, time ?? TimeProvider.System, () => 0.5);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/v1");
    }
}
