using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Serving;

public sealed class RewardServerTests
{
    private const string Good = "<think>a</think><answer>1</answer>";

    [Theory]
    [InlineData("/get_reward_mllm", "not json", 400, "not a JSON object")]
    [InlineData("/get_reward_mllm", "{}", 400, "query")]
    [InlineData("/get_reward_mllm", """{"query":"a","prompts":["p"]}""", 400, "query must be a list")]
    [InlineData("/get_reward_mllm", """{"query":["a"]}""", 400, "prompts")]
    [InlineData("/get_reward_mllm", """{"query":["a"],"prompts":[null]}""", 400, "prompts[0] is null")]
    [InlineData("/get_reward_mllm", """{"query":["a"],"prompts":[3]}""", 400, "prompts[0] is no text")]
    [InlineData("/get_reward_mllm", """{"query":["a"],"prompts":["p"]}""", 400, "no accepted answer")]
    [InlineData(
        "/get_reward",
        """{"queries":["a"],"prompts":["p"],"references":[]}""",
        400,
        "references has 0 entries for 1 items")]
    [InlineData("/get_reward", """{"queries":["a"],"prompts":["p"],"images":[["aaa"]]}""", 400, "images[0][0]")]
    [InlineData("/compute", "{}", 400, "prompt")]
    [InlineData("/compute", """{"prompt":["p"],"image":["data:image/png;base64,iVBORw0KGgo="]}""", 400, "image[0]")]
    [InlineData("/compute", """{"prompt":["p"],"image":["AAAA"]}""", 400, "PNG")]
    [InlineData("/compute", """{"prompt":["p"],"extra":3}""", 400, "extra")]
    [InlineData("/compute", """{"prompt":["p"]}""", 400, "has no response")]
    [InlineData("/compute", """{"prompt":["p","p","p"],"extra":{"response":["a","a","a"]}}""", 413, "at most 2")]
    [InlineData("/other", "{}", 404, "/get_reward_mllm")]
    [InlineData("/health", "{}", 405, "POST")]
    [InlineData("/get_reward/", "{}", 400, "query")]
    public async Task A_bad_request_is_refused_with_its_reason(string path, string body, int status, string reason)
    {
        await using var server = await StartAsync(options: new RewardServerOptions { MaxItems = 2 });

        var (code, reply) = await PostAsync(server, path, body);

        Assert.Equal(status, code);
        Assert.Contains(reason, (string)reply["error"]!);
        Assert.Equal(reply["error"], reply["detail"]);
    }

    [Fact]
    public async Task Large_bodies_and_callers_without_the_key_are_refused()
    {
        await using var server = await StartAsync(
            options: new RewardServerOptions { MaxRequestBytes = 1024, ApiKey = "k" });

        Assert.Equal(401, (await PostAsync(server, "/compute", "{}")).Status);
        Assert.Equal(413, (await PostAsync(server, "/compute", new string(' ', 5000), "k")).Status);
    }

    [Fact]
    public async Task Off_loopback_a_key_is_needed()
    {
        var open = new RewardServerOptions { Address = IPAddress.Any };

        Assert.Contains(
            "only with a key", (await Assert.ThrowsAsync<UserErrorException>(() => StartAsync(options: open))).Message);
    }

    [Theory]
    [InlineData(RemoteProtocol.R1, "get_reward_mllm")]
    [InlineData(RemoteProtocol.LightRft, "get_reward")]
    [InlineData(RemoteProtocol.Pointwise, "")]
    [InlineData(RemoteProtocol.Groupwise, "")]
    public async Task Each_client_is_served(RemoteProtocol protocol, string path)
    {
        var judge = ConsistencyVerdict.Consistent;
        await using var server = await StartAsync(
            judge: _ => new JudgeOutcome(judge, null, null, 1),
            answers: new AcceptedAnswers([("p", ["<answer>1</answer>"])]));
        using var client = new RemoteRewardClient(
            new RemoteRewardOptions { Url = new Uri(server.Address, path), Protocol = protocol }, TimeProvider.System);
        RemoteItem Item(string reply) => new()
        {
            Prompt = "p",
            Sequence = "<|im_start|>assistant\n" + reply + "<|im_end|>",
            Response = reply,
        };

        var scores = await client.ScoreAsync([Item(Good), Item("<think>a</think><answer>2</answer>"), Item("1")]);

        Assert.Null(scores.Failure);
        Assert.Equal([2.0, 0.5, 1.5], scores.Rewards.ToArray());
    }

    [Theory]
    [InlineData(false, 503)]
    [InlineData(true, 200)]
    public async Task A_judge_out_of_reach_fails_the_request_or_costs_the_bonus_as_set(bool withoutBonus, int status)
    {
        var away = new JudgeOutcome(
            ConsistencyVerdict.Undecided, "away", new JudgeFailure(JudgeFailureKind.Unreachable, "away"), 1);
        await using var server = await StartAsync(judge: _ => away, withoutBonus: withoutBonus);

        var (code, reply) = await PostAsync(
            server, "/get_reward", $$"""{"queries":["{{Good}}"],"prompts":["p"],"references":["1"]}""");

        Assert.Equal(status, code);
        Assert.Equal(withoutBonus ? 1.5 : null, (double?)reply["rewards"]?[0]);
    }

    [Fact]
    public async Task An_item_without_a_verdict_is_named_in_the_reply_and_fails_no_request()
    {
        var odd = new JudgeOutcome(
            ConsistencyVerdict.Undecided, "too long", new JudgeFailure(JudgeFailureKind.Refused, "too long"), 1);
        await using var server = await StartAsync(judge: _ => odd);

        var (code, reply) = await PostAsync(
            server,
            "/get_reward",
            $$"""{"queries":["1","{{Good}}"],"prompts":["p","p"],"references":["1","1"]}""");

        Assert.Equal((200, 1.5), (code, (double)reply["rewards"]![1]!));
        Assert.Equal("too long", (string?)reply["undecided"]!["1"]);
    }

    [Fact]
    public async Task The_judge_is_asked_only_where_its_word_counts()
    {
        var asked = 0;
        await using var server = await StartAsync(judge: _ =>
        {
            asked++;
            return new JudgeOutcome(ConsistencyVerdict.Inconsistent, null, null, 1);
        });

        var (_, reply) = await PostAsync(
            server,
            "/get_reward",
            $$"""{"queries":["{{Good}}","{{Good}}"],"prompts":["p","p"],"references":["1","2"]}""");

        Assert.Equal([1.5, 0.5], reply["rewards"]!.Select(reward => (double)reward));
        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_data_file_is_read_and_its_mistakes_are_placed()
    {
        using var folder = new TempFolder();
        var path = folder.At("rl.jsonl");
        File.WriteAllText(path, """
            {"message":"m1","question":"q","answer":["<answer>1</answer>"]}
            {"message":"m2","answer":["1","2"]}
            """);
        var answers = AcceptedAnswers.Load(path, "message");
        Assert.Equal(["1", "2"], answers.Find("m2").Answers!.Value.ToArray());
        Assert.Equal(
            ("<answer>1</answer>", false),
            answers.Find("m1 ") is var near ? (near.Answers!.Value.Single(), near.Exact) : default);

        File.AppendAllText(path, "\n{\"message\":\"m3\",\"answer\":[]}");
        Assert.StartsWith(
            $"{path}:3: field \"answer\"",
            Assert.Throws<UserErrorException>(() => AcceptedAnswers.Load(path, "message")).Message);
    }

    private static Task<RewardServer> StartAsync(
        Func<string, JudgeOutcome>? judge = null,
        AcceptedAnswers? answers = null,
        RewardServerOptions? options = null,
        bool withoutBonus = false)
    {
        var service = new R1RewardService(
            answers ?? AcceptedAnswers.None,
            judge is null ? null : (reply, _) => Task.FromResult(judge(reply)),
            new RewardServiceOptions { WithoutBonus = withoutBonus, Composition = new R1CompositionOptions() },
            _ => { });
        return RewardServer.StartAsync(options ?? new RewardServerOptions(), service);
    }

    private static async Task<(int Status, JObject Reply)> PostAsync(
        RewardServer server, string path, string body, string? key = null)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.Address, path), content);
        return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
    }
}
