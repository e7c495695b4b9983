using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Tests.Judge.Server;

public sealed class JudgeServerTests
{
    [Fact]
    public async Task A_trace_is_graded_over_http()
    {
        await using var server = await StartAsync();
        using var client = Client(server);
        var judge = new ConsistencyJudge(client);
        const string analysis =
            "<think>blue vs red: no\ntotal 2\nresponse 1 says 2: right, response 2 says 3: wrong</think>";
        Assert.Equal(ConsistencyVerdict.Consistent, (await judge.GradeAsync(analysis + "<answer>1</answer>")).Verdict);
        Assert.Equal(
            ConsistencyVerdict.Inconsistent, (await judge.GradeAsync(analysis + "<answer>2</answer>")).Verdict);
        Assert.Equal(
            ConsistencyVerdict.Inconsistent,
            (await judge.GradeAsync("<think>no idea</think><answer>1</answer>")).Verdict);
        Assert.Equal(3, server.Completions);
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("models")]
    public async Task Models_are_listed_with_and_without_v1(string path)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();
        var list = JObject.Parse(await http.GetStringAsync(new Uri(server.Endpoint, "/" + path)));
        Assert.Equal("rule-judge", (string)list["data"]![0]!["id"]!);
    }

    [Theory]
    [InlineData("GET", "health", 200, "ok")]
    [InlineData("GET", "v1/health/", 200, "ok")]
    [InlineData("GET", "v1//models/", 200, "rule-judge")]
    [InlineData("GET", "v1/models/rule-judge", 200, "rule-judge")]
    [InlineData("GET", "v1/models/other", 404, "served are")]
    [InlineData("GET", "v1/chat/completions", 405, "GET")]
    [InlineData("POST", "health", 405, "POST")]
    [InlineData("POST", "v1/completions", 404, "/v1/chat/completions")]
    public async Task Each_route_answers_or_says_which_do(string method, string path, int status, string said)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Endpoint, "/" + path));
        using var response = await http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(said, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_hangs_up_on_a_slow_judge_makes_room_at_once()
    {
        var patience = TimeSpan.FromSeconds(60);
        await using var server = await JudgeServer.StartAsync(
            new JudgeServerOptions { Latency = TimeSpan.FromHours(1), MaxRequests = 1 }, TimeProvider.System);
        using var client = Client(server);
        using var hangUp = new CancellationTokenSource();
        var asking = client.AskAsync(
            ConsistencyPrompt.Render(ConsistencyQuestion.FromReply("<think>t</think><answer>1</answer>")),
            hangUp.Token);
        using var giveUp = new CancellationTokenSource(patience);
        while (server.Completions == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, giveUp.Token);
        }

        Assert.Equal(1, server.UnderWay);
        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        while (server.UnderWay > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, giveUp.Token);
        }
    }

    [Theory]
    [InlineData("not json", 400, "not a JSON object")]
    [InlineData("[]", 400, "not a JSON object")]
    [InlineData("{}", 400, "messages")]
    [InlineData("{\"messages\":[]}", 400, "messages")]
    [InlineData("{\"messages\":[1]}", 400, "role")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", 400, "content")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "neither a consistency question")]
    [InlineData("{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "stream")]
    [InlineData("{\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "n is not served")]
    [InlineData(
        "{\"logprobs\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "logprobs is not served")]
    [InlineData("{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 404, "rule-judge")]
    public async Task A_bad_request_is_refused_with_its_reason(string body, int status, string reason)
    {
        await using var server = await StartAsync();
        var (code, said) = await PostAsync(server, body);
        Assert.Equal(status, code);
        Assert.Contains(reason, said);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        await using var server = await StartAsync(options => options with { MaxRequestBytes = 1024 });
        var (code, said) = await PostAsync(server, new string(' ', 5000));
        Assert.Equal(413, code);
        Assert.Contains("1024", said);
    }

    [Fact]
    public async Task A_question_in_text_parts_is_read_and_one_by_another_role_is_not()
    {
        await using var server = await StartAsync();
        var question = ConsistencyPrompt.Render(
            new ConsistencyQuestion("response 2 is better", "response 2 is better")).User;
        var parts = new JArray(new JObject { ["type"] = "text", ["text"] = question });
        JObject Body(string role) => new()
        {
            ["messages"] = new JArray(new JObject { ["role"] = role, ["content"] = parts }),
        };
        var (code, said) = await PostAsync(server, Body("user").ToString());
        Assert.Equal((200, "1"), (code, (string)JObject.Parse(said)["choices"]![0]!["message"]!["content"]!));
        Assert.Equal(400, (await PostAsync(server, Body("assistant").ToString())).Status);
    }

    [Fact]
    public async Task A_key_is_asked_for_where_one_is_set()
    {
        await using var server = await StartAsync(options => options with { ApiKey = "k" });
        using var http = new HttpClient();
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(server.Endpoint, "/v1/models"))).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "k");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Endpoint, "/v1/models"))).StatusCode);
    }

    [Fact]
    public async Task Failures_on_purpose_are_those_of_a_broken_server()
    {
        await using var server = await StartAsync(options => options with { FailureRate = 1 });
        using var client = Client(server);
        var outcome = await new ConsistencyJudge(client).GradeAsync("<think>a</think><answer>1</answer>");
        Assert.Equal(
            (ConsistencyVerdict.Undecided, JudgeFailureKind.ServerError), (outcome.Verdict, outcome.Failure!.Kind));
    }

    [Fact]
    public async Task Latency_follows_the_clock()
    {
        var time = new ManualTime();
        await using var server = await JudgeServer.StartAsync(
            new JudgeServerOptions { Latency = TimeSpan.FromMilliseconds(500) }, time);
        using var client = Client(server);
        var grading = new ConsistencyJudge(client).GradeAsync("<think>response 1 is better</think><answer>1</answer>");
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(500));
        Assert.False(grading.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(ConsistencyVerdict.Consistent, (await grading).Verdict);
    }

    [Fact]
    public async Task Off_loopback_a_key_is_needed_and_a_taken_port_is_a_clear_error()
    {
        var open = new JudgeServerOptions { Address = IPAddress.Any, FailureRate = 2 };
        var error = await Assert.ThrowsAsync<UserErrorException>(
            () => JudgeServer.StartAsync(open, TimeProvider.System));
        Assert.Contains("only with a key", error.Message);
        Assert.Contains("failure rate 2", error.Message);

        await using var server = await StartAsync();
        var taken = new JudgeServerOptions { Port = server.Endpoint.Port };
        Assert.Contains(
            $"{server.Endpoint.Port}",
            (await Assert.ThrowsAsync<UserErrorException>(
                () => JudgeServer.StartAsync(taken, TimeProvider.System))).Message);
    }

    private static Task<JudgeServer> StartAsync(Func<JudgeServerOptions, JudgeServerOptions>? change = null)
    {
        var options = new JudgeServerOptions();
        return JudgeServer.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System);
    }

    private static OpenAiJudgeClient Client(JudgeServer server) =>
        new(
            new JudgeOptions { Endpoints = [server.Endpoint], RetryDelay = TimeSpan.FromMilliseconds(1) },
            TimeProvider.System);

    private static async Task<(int Status, string Reply)> PostAsync(JudgeServer server, string body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.Endpoint, "/v1/chat/completions"), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
