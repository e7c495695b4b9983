using Newtonsoft.Json.Linq;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

public sealed class ScoreCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Responses_of_the_command_line_are_scored_ranked_and_compared()
    {
        var ended = await Invocation.RunAsync(
            "score", "--model", Model(), "--prompt", "which", "--response", "better", "--response", "response is");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var line = JObject.Parse(ended.Output);
        var scored = line["responses"]!.ToList();
        Assert.Equal(["better", "response is"], scored.Select(one => (string)one["response"]!));
        Assert.Equal([1, 2], scored.Select(one => (int)one["rank"]!).Order());
        Assert.Equal(1, scored.Sum(one => (double)one["probability"]!), 1e-9);
        Assert.All(scored, one => Assert.Equal(
            (double)one["score"]!, (double)one["heads"]!["preference"]! + (double)one["heads"]!["safety"]!, 1e-9));
        var best = scored.Single(one => (int)one["rank"]! == 1);
        Assert.True((double)best["probability"]! > 0.5);
    }

    [Fact]
    public async Task A_file_gives_a_line_for_each_question_also_where_one_is_too_long()
    {
        var file = _folder.Write(
            "rows.jsonl",
            $$"""
            {"prompt": "which", "responses": ["better", "is"]}
            {"prompt": "{{new string('x', 5000)}}", "response": "better"}
            """);
        var ended = await Invocation.RunAsync("score", file, "--model", Model());
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var lines = ended.Output.Trim().Split('\n').Select(JObject.Parse).ToList();
        Assert.Equal(2, lines[0]["responses"]!.Count());
        Assert.Contains("tokens", (string?)lines[1]["problem"]);
    }

    [Theory]
    [InlineData("name what to score")]
    [InlineData("needs at least one --response", "--prompt", "q")]
    [InlineData("no such file", "absent.jsonl")]
    public async Task What_is_not_said_is_asked_for_in_one_line(string expected, params string[] more)
    {
        var ended = await Invocation.RunAsync(["score", "--model", "anywhere", .. more]);
        Assert.Contains(expected, ended.Mistake());
    }

    [Fact]
    public async Task A_language_model_has_no_scores()
    {
        var ended = await Invocation.RunAsync(
            "score", "--model", TinyModel.Write(_folder.At("words")), "--prompt", "q", "--response", "a");
        Assert.Contains("without heads", ended.Mistake());
    }

    private string Model()
    {
        var words = TinyModel.Write(_folder.At("base"));
        var folder = _folder.At("scores");
        var config = new ScalarConfig { Heads = ["preference", "safety"], ScaleForTraining = true };
        using var model = ScalarFolder.Start(words, config, CPU, ScalarType.Float32, seed: 7);
        ScalarFolder.Save(model, folder);
        Tokenizer.Load(words).CopyTo(folder);
        return folder;
    }
}
