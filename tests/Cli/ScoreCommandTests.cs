using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;

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

    [Fact]
    public async Task Pairs_that_an_address_names_are_scored_and_pictures_are_no_texts()
    {
        var texts = _folder.Write("pairs.jsonl", """{"question":"which","response1":"better","response2":"is"}""");
        var pictures = _folder.Write("lines.jsonl", """{"prompt":"p","image_0":"a.png","image_1":"b.png"}""");
        var ended = await Invocation.RunAsync("score", $"pairs:{texts},media-pairs:{pictures}", "--model", Model());
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var lines = ended.Output.Trim().Split('\n').Select(JObject.Parse).ToList();
        Assert.Equal(["better", "is"], lines[0]["responses"]!.Select(one => (string)one["response"]!));
        Assert.Contains("does not see", (string?)lines[1]["problem"]);
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
    public async Task A_judge_that_always_names_the_first_gives_both_responses_half_of_the_votes()
    {
        var judge = TaughtModel.Write(_folder.At("judge"), "<answer>1</answer>");
        var ended = await Invocation.RunAsync(
            "score", "--model", judge, "--prompt", "which", "--response", "better", "--response", "is", "--k", "3",
            "--temperature", "0", "--max-new-tokens", "24", "--device", "cpu");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var scored = JObject.Parse(ended.Output)["responses"]!.ToList();
        Assert.All(scored, one => Assert.Equal((0.5, 1), ((double)one["score"]!, (int)one["rank"]!)));
        Assert.All(scored, one => Assert.Equal(0.5, (double)one["probability"]!, 1e-9));
        Assert.All(scored, one => Assert.Equal(
            """{"won":3,"lost":3,"unreadable":0}""", one["votes"]!.ToString(Newtonsoft.Json.Formatting.None)));
    }

    [Fact]
    public async Task What_a_judge_cannot_compare_has_a_problem_and_no_number()
    {
        var file = _folder.Write(
            "rows.jsonl",
            $$"""
            {"prompt": "which", "responses": ["better", "is"]}
            {"prompt": "which", "response": "better"}
            {"prompt": "{{new string('x', 5000)}}", "responses": ["better", "is"]}
            """);
        var ended = await Invocation.RunAsync(
            "score", file, "--model", TinyModel.Write(_folder.At("words")), "--template", "compact", "--k", "2",
            "--max-new-tokens", "2", "--device", "cpu");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var problems = ended.Output.Trim().Split('\n').Select(line => (string)JObject.Parse(line)["problem"]!).ToList();
        Assert.Equal(3, problems.Count);
        Assert.Contains("none of 4 replies", problems[0]);
        Assert.Contains("one response alone", problems[1]);
        Assert.Contains("tokens", problems[2]);
    }

    [Fact]
    public async Task A_picture_that_a_judge_cannot_be_shown_is_named()
    {
        var ended = await Invocation.RunAsync(
            "score", "--model", TinyModel.Write(_folder.At("eyes"), sees: true), "--image", "nowhere.png", "--prompt",
            "q", "--response", "a", "--response", "b", "--max-new-tokens", "2", "--device", "cpu");
        Assert.Equal(
            "nowhere.png cannot be shown: Missing, does not exist", (string?)JObject.Parse(ended.Output)["problem"]);
    }

    [Theory]
    [InlineData("--k 0", "--k", "0")]
    [InlineData("temperature", "--temperature", "-1")]
    public async Task Options_that_no_judge_can_follow_are_refused(string expected, params string[] more)
    {
        var ended = await Invocation.RunAsync(
            ["score", "--model", TinyModel.Write(_folder.At("words")), "--prompt", "q", "--response", "a", .. more]);
        Assert.Contains(expected, ended.Mistake());
    }

    [Theory]
    [InlineData("score", "--prompt", "q", "--response", "a")]
    [InlineData("serve", "rewards")]
    public async Task A_scalar_model_has_no_votes(params string[] command)
    {
        var ended = await Invocation.RunAsync([.. command, "--model", Model(), "--k", "3"]);
        Assert.Contains("is a scalar model, which gives scores and no votes; leave --k out", ended.Mistake());
    }

    [Fact]
    public async Task A_model_whose_scores_are_served_is_loaded_as_the_options_say()
    {
        string[] served = ["serve", "rewards", "--model", Model()];
        Assert.Contains(
            "no --template", (await Invocation.RunAsync([.. served, "--template", "compact"])).Mistake());
        Assert.Contains("float64", (await Invocation.RunAsync([.. served, "--dtype", "float64"])).Mistake());
        Assert.Contains("cuda:99", (await Invocation.RunAsync([.. served, "--device", "cuda:99"])).Mistake());
        Assert.Contains(
            "no model is served without --model",
            (await Invocation.RunAsync("serve", "rewards", "--device", "cpu")).Mistake());
    }

    [Fact]
    public async Task An_empty_file_is_told_and_a_picture_that_the_model_does_not_see_is_a_problem()
    {
        var empty = await Invocation.RunAsync("score", _folder.Write("empty.jsonl", ""), "--model", Model());
        Assert.Contains("empty.jsonl: holds no questions", empty.Mistake());
        var blind = await Invocation.RunAsync(
            "score", "--model", Model(), "--prompt", "q", "--response", "a", "--image", "a.png");
        Assert.Contains("which this model does not see", (string?)JObject.Parse(blind.Output)["problem"]);
    }

    [Fact]
    public async Task A_scalar_model_has_no_template()
    {
        var ended = await Invocation.RunAsync(
            "score", "--model", Model(), "--prompt", "q", "--response", "a", "--template", "compact");
        Assert.Contains("leave them out", ended.Mistake());
    }

    private string Model() => TinyScalarModel.Write(_folder.At("scores"), "preference", "safety");
}
