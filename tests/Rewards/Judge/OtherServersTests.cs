using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;
using static R1Reward.Rewards.Tests.Judge.JudgeClients;

namespace R1Reward.Rewards.Tests.Judge;

/// <summary>What OpenAI-compatible servers and gateways want beyond the published request.</summary>
public sealed class OtherServersTests
{
    [Fact]
    public async Task A_server_that_wants_other_fields_is_asked_so_and_a_temperature_left_out_is_told()
    {
        var (bodies, notes) = (new List<JObject>(), new List<string>());
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            var body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync());
            bodies.Add(body);
            await (body.ContainsKey("max_tokens")
                ? ScriptedServer.Refuse(context, 400, "'max_tokens' is not supported, use 'max_completion_tokens'.")
                : body.ContainsKey("temperature")
                    ? ScriptedServer.Refuse(context, 400, "Unsupported value: 'temperature' does not support 0.1.")
                    : ScriptedServer.Say(context, "1"));
        });
        var options = new JudgeOptions { Endpoints = [server.Endpoint], MaxTokens = 50, CacheEntries = 0 };
        using var client = new OpenAiJudgeClient(options, TimeProvider.System, note: notes.Add);

        Assert.Equal(("1", 3), ((await client.AskAsync(Prompt)).Text, bodies.Count));
        Assert.Equal(("1", 4), ((await client.AskAsync(Prompt)).Text, bodies.Count));
        Assert.Equal(50, (int)bodies[3]["max_completion_tokens"]!);
        Assert.Contains("without a temperature", Assert.Single(notes));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    public async Task Slashes_at_the_end_of_an_address_are_not_doubled(string end)
    {
        var paths = new List<string>();
        await using var server = await ScriptedServer.StartAsync((_, context) =>
        {
            paths.Add(context.Request.Path);
            return ScriptedServer.Say(context, "1");
        });
        using var client = Client(new Uri(server.Endpoint + end));

        Assert.Equal("1", (await client.AskAsync(Prompt)).Text);
        Assert.Equal("/v1/chat/completions", Assert.Single(paths));
    }

    [Fact]
    public async Task A_temperature_out_of_bounds_is_not_left_out()
    {
        await using var server = await ScriptedServer.StartAsync((_, context) =>
            ScriptedServer.Refuse(context, 400, "temperature must be between 0 and 1"));
        using var client = Client(server);

        Assert.True((await client.AskAsync(Prompt)).Failure!.NeedsUser);
    }

    [Fact]
    public async Task Headers_query_and_body_of_the_user_go_with_every_request()
    {
        const string variable = "R1REWARD_TEST_GATEWAY_KEY";
        Environment.SetEnvironmentVariable(variable, "secret-7");
        var body = new JObject();
        var (query, key, team, bearer) = ("", "", "", "");
        await using var server = await ScriptedServer.StartAsync(async (_, context) =>
        {
            var asked = context.Request;
            query = asked.QueryString.Value!;
            key = asked.Headers["api-key"].ToString();
            team = asked.Headers["X-Team"].ToString();
            bearer = asked.Headers.Authorization.ToString();
            body = JObject.Parse(await new StreamReader(asked.Body).ReadToEndAsync());
            await ScriptedServer.Say(context, "1");
        });
        using var client = Client(server, options => options with
        {
            Endpoints = [new Uri(server.Endpoint + "?zone=a")],
            Model = "m",
            ApiKeyEnv = variable,
            ApiKeyHeader = "api-key",
            Headers = options.Headers.Add("X-Team", "eval"),
            Query = options.Query.Add("api-version", "2024 10"),
            Body = JObject.Parse("""{"chat_template_kwargs":{"enable_thinking":false},"temperature":null}"""),
        });

        Assert.Equal("1", (await client.AskAsync(Prompt)).Text);

        Assert.Equal(("?zone=a&api-version=2024%2010", "secret-7", "eval", ""), (query, key, team, bearer));
        Assert.Equal((false, false), (
            (bool)body["chat_template_kwargs"]!["enable_thinking"]!, body.ContainsKey("temperature")));
    }

    [Theory]
    [InlineData("retry-after-ms", "1500", "", 1.5)]
    [InlineData("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests: 7", 7.0)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens: 1m2.5s", 62.5)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens: 250ms", 0.25)]
    [InlineData("x-ratelimit-remaining", "0", "x-ratelimit-reset: 1893456003000", 3.0)] // 2030-01-01 00:00:03.
    [InlineData("x-ratelimit-remaining-tokens", "5", "x-ratelimit-reset-tokens: 9s", null)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens: soon", null)]
    public void The_wait_that_a_server_asks_for_is_read(string name, string value, string more, double? seconds)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(name, value);
        if (more.Split(": ") is [var other, var text])
        {
            response.Headers.TryAddWithoutValidation(other, text);
        }

        Assert.Equal(seconds, RateLimitHeaders.Wait(response, new ManualTime().GetUtcNow())?.TotalSeconds);
    }

    [Fact]
    public async Task A_spent_allowance_holds_back_the_next_question_too()
    {
        var time = new ManualTime();
        await using var server = await ScriptedServer.StartAsync((_, context) =>
        {
            context.Response.Headers["x-ratelimit-remaining-requests"] = "0";
            context.Response.Headers["x-ratelimit-reset-requests"] = "11s";
            return ScriptedServer.Say(context, "1");
        });
        using var client = Client(server, time: time);
        await client.AskAsync(Prompt);

        var next = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(1, server.Completions);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("1", (await next).Text);
    }

    [Fact]
    public async Task Requests_and_tokens_of_a_minute_keep_to_their_limits()
    {
        var time = new ManualTime();
        var requests = new JudgePace(2, 0, time);
        await requests.EnterAsync(4, default);
        time.Advance(TimeSpan.FromSeconds(20));
        await requests.EnterAsync(4, default);
        var third = requests.EnterAsync(4, default);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(40));
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(40));
        await third;

        var tokens = new JudgePace(0, 100, time);
        tokens.Settle(await tokens.EnterAsync(4000, default), 60);
        var second = tokens.EnterAsync(4, default);
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(60));
        await second;
    }

    [Fact]
    public async Task The_tokens_that_a_server_counts_are_those_of_the_limit()
    {
        var time = new ManualTime();
        await using var server = await ScriptedServer.StartAsync((_, context) => context.Response.WriteAsync(
            """{"choices":[{"message":{"content":"1"}}],"usage":{"total_tokens":90}}"""));
        using var client = Client(server, options => options with { TokensPerMinute = 100 }, time);
        await client.AskAsync(Prompt);

        var next = client.AskAsync(Prompt);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("1", (await next).Text);
    }
}
