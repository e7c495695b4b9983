using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Tests.Documentation;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary><c>serve rewards --model</c>, asked over HTTP as trainers ask it.</summary>
public sealed class ModelRewardsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scores_of_a_scalar_model_over_HTTP_are_those_of_the_command_line_in_every_protocol()
    {
        var model = TinyScalarModel.Write(_folder.At("scores"), "preference");
        var said = await Invocation.RunAsync(
            "score", "--model", model, "--prompt", "which", "--response", "better", "--response", "is");
        var line = JObject.Parse(said.Output)["responses"]!;
        double[] expected = [.. line.Select(one => (double)one["score"]!)];
        await using var server = await ServedCommand.StartAsync(["serve", "rewards", "--model", model]);

        Close(expected, await RewardsAsync(server, "/get_reward", new JObject
        {
            ["queries"] = new JArray(Sequence("better"), Sequence("is")),
            ["prompts"] = new JArray("which", "which"),
        }));
        var turned = await PostAsync(server, "/get_reward_mllm", new JObject
        {
            ["query"] = new JArray(Sequence("is"), Sequence("better")),
            ["prompts"] = new JArray(Chat("which"), Chat("which")),
        });
        Close([expected[1], expected[0]], turned["rewards"]!.ToObject<double[]>()!);
        var logs = turned["extra_logs"]!;
        Assert.All(
            [("preference", "heads.preference"), ("probability", "probability"), ("rank", "rank")],
            figure => Close(
                [.. line.Reverse().Select(one => (double)one.SelectToken(figure.Item2)!)],
                logs[figure.Item1]!.ToObject<double[]>()!));
        Close(expected, await RewardsAsync(server, "/compute", new JObject
        {
            ["prompt"] = new JArray("which", "which"),
            ["extra"] = new JObject { ["response"] = new JArray("better", "is") },
        }));
        var wrong = await PostAsync(server, "/compute", new JObject { ["prompt"] = new JArray("which") });
        Assert.Contains("item 0 has no response", (string)wrong["error"]!);
    }

    [Fact]
    public async Task A_judge_compares_the_responses_of_one_prompt_and_one_alone_is_refused()
    {
        var judge = TaughtModel.Write(_folder.At("judge"), "<answer>1</answer>");
        await using var server = await ServedCommand.StartAsync(["serve", "rewards", "--model", judge, "--k", "1"]);

        var body = new JObject
        {
            ["queries"] = new JArray(Sequence("better"), Sequence("is"), Sequence("response")),
            ["prompts"] = new JArray("which", "is", "which"),
        };
        var alone = await PostAsync(server, "/get_reward", body);
        Assert.Contains("item 1: one response alone", (string)alone["error"]!);

        body["prompts"] = new JArray("which", "which", "which");
        Assert.All(await RewardsAsync(server, "/get_reward", body), reward => Assert.Equal(0.5, reward, 0.26));
        (body["query"], body["queries"]) = (body["queries"], null);
        var logs = (await PostAsync(server, "/get_reward", body))["extra_logs"]!;
        Assert.Equal([4, 4, 4], logs["won"]!.Zip(logs["lost"]!, (won, lost) => (int)won + (int)lost));
    }

    private static void Close(double[] expected, double[] rewards)
    {
        Assert.Equal(expected.Length, rewards.Length);
        Assert.All(expected.Zip(rewards), both => Assert.Equal(both.First, both.Second, 1e-6));
    }

    private static string Sequence(string response) => $"<|im_start|>assistant\n{response}<|im_end|>";

    private static string Chat(string question) =>
        new JArray(new JObject { ["role"] = "user", ["content"] = question }).ToString(Formatting.None);

    private static async Task<double[]> RewardsAsync(ServedCommand server, string path, JObject body)
    {
        var reply = await PostAsync(server, path, body);
        Assert.True(reply["rewards"] is not null, reply.ToString());
        return reply["rewards"]!.ToObject<double[]>()!;
    }

    private static async Task<JObject> PostAsync(ServedCommand server, string path, JObject body) =>
        JObject.Parse(await server.CurlAsync($"curl http://127.0.0.1{path} -d '{body.ToString(Formatting.None)}'"));
}
