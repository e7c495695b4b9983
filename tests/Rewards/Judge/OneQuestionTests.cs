using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;
using static R1Reward.Rewards.Tests.Judge.JudgeClients;

namespace R1Reward.Rewards.Tests.Judge;

/// <summary>A question may fail by itself; whether the judge is a wrong one is told by a plain question.</summary>
public sealed class OneQuestionTests
{
    private const string Odd = "an odd question";

    [Theory]
    [InlineData(400, """{"error":{"message":"5000 tokens","code":"context_length_exceeded"}}""", "5000 tokens")]
    [InlineData(403, """{"error":{"message":"flagged by moderation"}}""", "flagged by moderation")]
    [InlineData(422, """{"detail":"cannot be processed"}""", "cannot be processed")]
    [InlineData(200, """{"error":{"message":"policy violation","code":"content_filter"}}""", "policy violation")]
    [InlineData(200, """{"choices":[{"error":{"code":400,"message":"provider says no"}}]}""", "provider says no")]
    [InlineData(200, """{"choices":[]}""", "other than a completion")]
    public async Task A_refusal_of_one_question_is_told_from_a_wrong_judge(int status, string body, string words)
    {
        await using var server = await OddServer(status, body);
        using var client = Client(server);

        var failure = (await client.AskAsync(new JudgePrompt("", Odd))).Failure!;

        Assert.Equal((JudgeFailureKind.Refused, false, false), (failure.Kind, failure.NeedsUser, failure.IsTransient));
        Assert.Contains(words, failure.Reason);
        Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        Assert.Equal(JudgeFailureKind.Refused, (await client.AskAsync(new JudgePrompt("", Odd))).Failure!.Kind);
        Assert.Equal(4, server.Completions);
    }

    [Theory]
    [InlineData(
        """{"message":{"content":null,"reasoning_content":"let me check"},"finish_reason":"length"}""",
        "all 77 tokens of judge.max-tokens",
        "let me check")]
    [InlineData(
        """{"message":{"content":null,"refusal":"I cannot help"},"finish_reason":"stop"}""", "I cannot help", "stop")]
    [InlineData("""{"message":{"content":null},"finish_reason":"content_filter"}""", "content_filter", "no text")]
    [InlineData("""{"message":{"role":"assistant"}}""", "no finish_reason", "no text")]
    [InlineData("""{"message":null,"finish_reason":"PROHIBITED_CONTENT"}""", "PROHIBITED_CONTENT", "no text")]
    [InlineData(
        """{"message":{"content":null,"tool_calls":[]},"finish_reason":"tool_calls"}""", "tool_calls", "no text")]
    public async Task A_completion_without_text_says_why(string choice, string words, string more)
    {
        await using var server = await OddServer(200, $$"""{"choices":[{{choice}}]}""");
        using var client = Client(server, options => options with { MaxTokens = 77 });

        var reply = await client.AskAsync(new JudgePrompt("", Odd));

        Assert.Equal((JudgeFailureKind.NoText, 1), (reply.Failure!.Kind, reply.Attempts));
        Assert.Contains(words, reply.Failure.Reason);
        Assert.Contains(more, reply.Failure.Reason);
    }

    [Theory]
    [InlineData(400, """{"error":"Invalid model name"}""")]
    [InlineData(401, """{"error":"bad key"}""")]
    [InlineData(402, """{"error":"no balance"}""")]
    [InlineData(429, """{"error":{"message":"no quota","code":"insufficient_quota"}}""")]
    [InlineData(200, """{"error":{"code":401,"message":"bad key"}}""")]
    public async Task A_judge_that_refuses_every_question_needs_the_user(int status, string body)
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => Send(context, status, body));
        using var client = Client(server);

        Assert.True((await client.AskAsync(Prompt)).Failure!.NeedsUser);
    }

    [Theory]
    [InlineData(200, """{"error":{"code":502,"message":"upstream"}}""")]
    [InlineData(200, """{"error":{"code":"429","message":"slow down"}}""")]
    [InlineData(409, "{}")]
    public async Task An_error_that_passes_is_asked_again(int status, string body)
    {
        await using var server = await ScriptedServer.StartAsync((n, context) =>
            n == 1 ? Send(context, status, body) : ScriptedServer.Say(context, "1"));
        using var client = Client(server);

        var reply = await client.AskAsync(Prompt);

        Assert.Equal(("1", 2), (reply.Text, reply.Attempts));
    }

    [Fact]
    public async Task What_a_server_does_not_have_is_not_asked_for_again()
    {
        await using var server = await ScriptedServer.StartAsync((_, context) => Send(context, 501, "{}"));
        using var client = Client(server);

        Assert.Equal(1, (await client.AskAsync(Prompt)).Attempts);
    }

    [Theory]
    [InlineData("""{"message":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"1"}]}}""")]
    [InlineData("""{"message":{"content":"1","reasoning_content":"or 0?"}}""")]
    [InlineData("""{"message":{"content":null,"reasoning":"1"},"finish_reason":"stop"}""")]
    [InlineData("""{"message":{"content":"","reasoning_content":"1"},"finish_reason":"stop"}""")]
    public async Task The_reply_is_found_where_servers_of_reasoning_models_put_it(string choice)
    {
        await using var server = await OddServer(200, $$"""{"choices":[{{choice}}]}""");
        using var client = Client(server);

        Assert.Equal("1", (await client.AskAsync(new JudgePrompt("", Odd))).Text);
    }

    private static Task<ScriptedServer> OddServer(int status, string body) =>
        ScriptedServer.StartAsync(async (_, context) =>
        {
            var asked = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            await ((string?)asked["messages"]!.Last!["content"] == Odd
                ? Send(context, status, body)
                : ScriptedServer.Say(context, "1"));
        });

    private static Task Send(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
