using System.Net;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;
using static R1Reward.Rewards.Tests.Judge.JudgeClients;

namespace R1Reward.Rewards.Tests.Judge;

public sealed class OpenAiJudgeClientTests
{
    [FixtureFact]
    public async Task The_request_is_that_of_the_published_code()
    {
        var fixture = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", "r1_consistency_judge.json")));
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
        await using var server = await ScriptedServer.StartAsync(
            (_, context) => ScriptedServer.Refuse(context, status, "no room"));
        using var client = Client(server);
        var reply = await client.AskAsync(Prompt);
        Assert.Equal((kind, 4, 4), (reply.Failure!.Kind, reply.Attempts, server.Completions));
        Assert.True(reply.Failure.IsTransient);
        Assert.Contains($"answered {status}: no room", reply.Failure.Reason);
    }

    [Theory]
    [InlineData(400, 2)] // The question, and a plain one in its place.
    [InlineData(401, 1)]
    [InlineData(404, 1)]
    [InlineData(302, 1)]
    public async Task A_refusal_is_not_tried_again_and_names_its_reason(int status, int attempts)
    {
        await using var server = await ScriptedServer.StartAsync(
            (_, context) => ScriptedServer.Refuse(context, status, "no such model"));
        using var client = Client(server);
        var reply = await client.AskAsync(Prompt);
        Assert.Equal((JudgeFailureKind.Rejected, attempts), (reply.Failure!.Kind, reply.Attempts));
        Assert.False(reply.Failure.IsTransient);
        Assert.Contains($"{status}: no such model", reply.Failure.Reason);
    }

    [Fact]
    public async Task The_key_is_sent_but_never_shown()
    {
        const string variable = "R1REWARD_TEST_JUDGE_KEY";
        Environment.SetEnvironmentVariable(variable, "secret-123");
        await using var server = await ScriptedServer.StartAsync((_, context) =>
            ScriptedServer.Refuse(context, 401, "wrong key: " + context.Request.Headers.Authorization));
        using var client = Client(server, options => options with { ApiKeyEnv = variable });
        var reason = (await client.AskAsync(Prompt)).Failure!.Reason;
        Assert.DoesNotContain("secret-123", reason);
        Assert.Contains("wrong key: Bearer (key)", reason);
        Assert.Contains(variable, reason);
    }

    [Fact]
    public async Task Another_service_at_the_address_is_recognised()
    {
        await using var server = await ScriptedServer.StartAsync(
            (_, context) => context.Response.WriteAsync("<html>hello</html>"));
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
        await using var server = await ScriptedServer.StartAsync(
            (_, context) => never.Task.WaitAsync(context.RequestAborted));
        using var client = Client(
            server, options => options with { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(30) }, time);
        var asking = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        var failure = (await asking).Failure!;
        Assert.Equal(JudgeFailureKind.TimedOut, failure.Kind);
        Assert.Contains("within 30 s", failure.Reason);
    }

    [Fact]
    public async Task A_question_ends_with_its_budget()
    {
        var time = new ManualTime();
        await using var server = await ScriptedServer.StartAsync((_, context) =>
        {
            context.Response.Headers.RetryAfter = "40";
            return ScriptedServer.Refuse(context, 429);
        });
        using var client = Client(
            server, options => options with { Budget = TimeSpan.FromSeconds(60), MaxAttempts = 100 }, time);
        var asking = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(40));
        time.Advance(TimeSpan.FromSeconds(40));
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(40));
        time.Advance(TimeSpan.FromSeconds(20));
        var reply = await asking;
        Assert.Equal((JudgeFailureKind.TimedOut, 2), (reply.Failure!.Kind, reply.Attempts));
        Assert.Contains("60 s", reply.Failure.Reason);
    }

    [Fact]
    public async Task Pictures_travel_within_the_request_and_log_probabilities_come_back()
    {
        var body = new JObject();
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            await context.Response.WriteAsync("""
                {"choices":[{"message":{"content":"Yes"},"logprobs":{"content":[{"token":"Yes","logprob":-0.25,
                "top_logprobs":[{"token":"Yes","logprob":-0.25},{"token":"No","logprob":-1.5}]}]}}]}
                """);
        });
        using var client = Client(server);
        var reply = await client.AskAsync(new JudgePrompt(
            "",
            [
                new JudgePart.Picture("image/png", new byte[] { 1, 2, 3 }),
                new JudgePart.Text("good?"),
                new JudgePart.Sound("wav", new byte[] { 1, 2, 3 }),
            ])
        {
            Temperature = 0, MaxTokens = 1, TopLogProbs = 20,
        });

        var message = Assert.Single(body["messages"]!);
        Assert.Equal("data:image/png;base64,AQID", (string)message["content"]![0]!["image_url"]!["url"]!);
        Assert.Equal("good?", (string)message["content"]![1]!["text"]!);
        Assert.Equal(
            "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AQID\",\"format\":\"wav\"}}",
            message["content"]![2]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            (0.0, 1, true, 20, false),
            ((double)body["temperature"]!,
             (int)body["max_tokens"]!,
             (bool)body["logprobs"]!,
             (int)body["top_logprobs"]!,
             (bool)body["stream"]!));
        var token = Assert.Single(reply.Tokens);
        Assert.Equal(("Yes", -0.25), (token.Text, token.LogProb));
        Assert.Equal(
            [new JudgeAlternative("Yes", -0.25), new JudgeAlternative("No", -1.5)], token.Alternatives.ToArray());
    }

    [Fact]
    public async Task A_base_model_is_asked_for_a_completion()
    {
        var (body, path) = (new JObject(), "");
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            path = context.Request.Path;
            await context.Response.WriteAsync("""
                {"choices":[{"text":" 1","logprobs":{
                    "tokens":[" 1"],"token_logprobs":[-0.5],"top_logprobs":[{" 1":-0.5," 0":-1.25}]}}]}
                """);
        });
        using var client = Client(server, options => options with { Api = JudgeApi.Completions });
        var reply = await client.AskAsync(Prompt with { TopLogProbs = 2 });

        Assert.Equal(
            ("/v1/completions", "rules\n\nquestion", 2), (path, (string)body["prompt"]!, (int)body["logprobs"]!));
        Assert.Equal(" 1", reply.Text);
        Assert.Equal(
            [new JudgeAlternative(" 1", -0.5), new JudgeAlternative(" 0", -1.25)],
            Assert.Single(reply.Tokens).Alternatives.ToArray());
    }

    [Fact]
    public async Task The_judge_is_probed_with_its_key()
    {
        await using var up = await ScriptedServer.StartAsync((_, context) => ScriptedServer.Say(context, "1"));
        using var both = Client(up, options => options with { Endpoints = [FreeAddress(), up.Endpoint] });
        using var neither = Client(FreeAddress(), options => options with { MaxAttempts = 2 });

        Assert.Null(await both.ProbeAsync());
        Assert.Equal(JudgeFailureKind.Unreachable, (await neither.ProbeAsync())!.Kind);
        Assert.Equal(0, up.Completions);
    }

    [Fact]
    public async Task A_caller_who_gives_up_sees_a_cancellation()
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
}
