using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Serving;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Serving;

/// <summary>The ways in which trainers spell a request for rewards.</summary>
public sealed class RewardFieldsTests : IAsyncLifetime
{
    private const string Good = "<think>a</think><answer>1</answer>";

    private readonly HttpClient _http = new();
    private RewardServer _server = null!;

    public async Task InitializeAsync() => _server = await RewardServer.StartAsync(
        new RewardServerOptions(),
        new R1RewardService(AcceptedAnswers.None, null, new RewardServiceOptions(), _ => { }));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("""{"query":["GOOD"],"prompts":["p"],"labels":["1"]}""")]
    [InlineData("""{"query":["GOOD"],"prompts":["p"],"labels":[1]}""")]
    [InlineData("""{"query":["GOOD"],"prompts":["p"],"labels":[["<answer>1</answer>"]],"images":null}""")]
    [InlineData("""{"queries":["GOOD"],"prompts":["p"],"references":["1"],"images":[null],"labels":null}""")]
    [InlineData("""{"queries":["GOOD"],"prompts":["p"],"references":["1"],"images":[[""]],"request_id":"7"}""")]
    [InlineData("""{"solution_strs":["GOOD"],"ground_truths":["1"],"data_sources":["d"],"extra_infos":[{"i":3}]}""")]
    [InlineData("""{"query":["<|im_start|>user\np\n<|im_start|>assistant\nGOOD<|im_end|>"],"labels":["1"]}""")]
    public async Task Each_name_of_a_field_is_read(string body)
    {
        var (status, reply) = await PostAsync("get_reward", body);

        Assert.Equal(200, status);
        Assert.Equal(
            body.Contains("\"query\"", StringComparison.Ordinal)
                ? """{"rewards":[1.5],"scores":[1.0],"extra_logs":{"format":[1.0],"result":[1.0]}}"""
                : """{"rewards":[1.5]}""",
            reply.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public async Task Scores_are_right_and_wrong_where_rewards_are_more_than_that()
    {
        var (_, reply) = await PostAsync(
            "get_reward_mllm", """{"query":["GOOD","1","GOOD"],"prompts":["p","p","p"],"labels":["1","1","2"]}""");

        Assert.Equal([1.5, 1.0, 0.5], reply["rewards"]!.Select(value => (double)value));
        Assert.Equal([1.0, 1.0, 0.0], reply["scores"]!.Select(value => (double)value));
        Assert.Equal([1.0, 0.0, 1.0], reply["extra_logs"]!["format"]!.Select(value => (double)value));
    }

    [Theory]
    [InlineData("""{"image":null,"video":null,"condition_images":null,"condition_videos":null,""")]
    [InlineData("""{"image":[""],"video":[null],"condition_images":[[""]],"condition_videos":[[null]],""")]
    [InlineData("""{"image":[null],"user":"trainer","metadata":{},""")]
    public async Task What_is_not_there_has_many_spellings(string begin)
    {
        var (status, reply) = await PostAsync(
            "compute", begin + " \"prompt\":[\"p\"],\"extra\":{\"response\":[\"GOOD\"],\"reference\":[\"1\"]}}");

        Assert.Equal((200, """{"rewards":[1.5]}"""), (status, reply.ToString(Newtonsoft.Json.Formatting.None)));
    }

    [Theory]
    [InlineData("get_reward", "\"references\":[\"1\"],\"responses\":[\"GOOD\"]", "responses is not known")]
    [InlineData("get_reward", "\"references\":[\"1\"],\"image\":[\"x\"]", "image is not known")]
    [InlineData("get_reward_mllm", "\"references\":[\"1\"],\"weight\":2", "weight is not known")]
    [InlineData("get_reward", "\"references\":[\"1\"],\"labels\":[\"2\"]", "references and labels are two names")]
    [InlineData("get_reward", "\"references\":[\"1\"],\"queries\":[\"b\"]", "query and queries are two names")]
    [InlineData("get_reward", "\"labels\":[\"\"]", "item 0 has no accepted answer")]
    [InlineData("get_reward", "\"labels\":[{}]", "labels[0] is no text")]
    [InlineData("get_reward", "\"labels\":[true]", "labels[0] is no text")]
    public async Task A_field_that_could_change_the_reward_is_refused_by_name(string path, string field, string said)
    {
        var (status, reply) = await PostAsync(path, $$"""{"query":["GOOD"],"prompts":["p"],{{field}}}""");

        Assert.Equal(400, status);
        Assert.StartsWith(said, (string?)reply["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"images\":[\"x\"]", "images is not known")]
    [InlineData("\"extra\":{\"response\":[\"a\"],\"answer\":[\"1\"]}", "extra.answer is not known")]
    [InlineData("\"n\\u001b[2J\":1", "n?[2J is not known")]
    public async Task So_is_one_of_compute(string field, string said)
    {
        var (status, reply) = await PostAsync("compute", $$"""{"prompt":["p"],{{field}}}""");

        Assert.Equal(400, status);
        Assert.StartsWith(said, (string?)reply["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_prompts_each_item_needs_its_answer()
    {
        var (status, reply) = await PostAsync("get_reward", """{"query":["GOOD","GOOD"],"labels":["1",""]}""");

        Assert.Equal(400, status);
        Assert.Contains("the body needs prompts", (string?)reply["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_manual_has_the_table()
    {
        var manual = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "serving.md"));
        foreach (var (place, names) in new[]
        {
            ("`/get_reward*`", RewardFields.ForSequences),
            ("`/compute`", RewardFields.ForCompute),
            ("`extra` of `/compute`", RewardFields.ForExtra),
            ("ignored", RewardFields.Harmless),
        })
        {
            var row = $"| {place} | {string.Join(", ", names.Select(name => $"`{name}`"))} |";
            Assert.True(manual.Contains(row, StringComparison.Ordinal), "docs/serving.md should have\n" + row);
        }
    }

    private async Task<(int Status, JObject Reply)> PostAsync(string path, string body)
    {
        using var content = new StringContent(
            body.Replace("GOOD", Good, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(_server.Address, path), content);
        return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
    }
}
