using Newtonsoft.Json.Linq;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

public sealed class EvalCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_scalar_model_is_measured_head_by_head()
    {
        var ended = await Invocation.RunAsync(
            "eval", "--suite", "vl-rewardbench", "--data", Benchmark(), "--model", Scalar(), "--json");
        Assert.Equal(0, ended.ExitCode);
        var figures = JObject.Parse(ended.Output);
        Assert.Equal((3, 0), ((int)figures["rows"]!, (int)figures["left-out"]!));
        Assert.Equal(["preference", "safety"], ((JObject)figures["heads"]!).Properties().Select(head => head.Name));
        var head = figures["heads"]!["safety"]!;
        Assert.Equal((3, 3), ((int)head["pairs"]!, head["gaps"]!["counts"]!.Sum(count => (int)count)));
        Assert.Equal((double)head["chosen"]! - (double)head["rejected"]!, (double)head["mean-gap"]!, 1e-9);
        Assert.Equal(3, (int)figures["calibration"]!["pairs"]!);
        Assert.Equal(figures["micro"], figures["table"]!["overall"]);
        Assert.Equal(JTokenType.Null, figures["places"]!.Type);
    }

    [Fact]
    public async Task The_replies_of_a_row_are_scored_once_and_ranked()
    {
        var data = _folder.Write(
            "rows.jsonl",
            """
            {"id":"1","prompt":"q","chosen":["better"],"rejected":["is","which","a"],"subset":"Math","num_correct":1}
            {"id":"tied:2","prompt":"is","chosen":["better","a"],"rejected":["is"],"subset":"Ties","num_correct":2}
            {"id":"ref:2","prompt":"is","chosen":["better"],"rejected":["is"],"subset":"Ties","num_correct":1}
            """);
        var ended = await Invocation.RunAsync(
            "eval", "--suite", "rewardbench2", "--data", data, "--model", Scalar(), "--save", _folder.At("s"));
        Assert.Equal(0, ended.ExitCode);
        var lines = File.ReadLines(_folder.At("s", "results.jsonl")).Select(JObject.Parse).ToList();
        Assert.Equal(6, lines.Count);
        Assert.Single(lines.Take(3).Select(line => (double)line["scores"]!["safety"]![0]!).Distinct());
        var again = await Invocation.RunAsync(
            "eval", "--suite", "rewardbench2", "--judged", _folder.At("s", "results.jsonl"), "--json");
        Assert.NotEqual(JTokenType.Null, JObject.Parse(again.Output)["table"]!["Ties"]!.Type);
    }

    [Fact]
    public async Task Rows_that_were_judged_before_give_the_same_figures_without_a_model()
    {
        string[] suite = ["eval", "--suite", "vl-rewardbench", "--json"];
        var first = await Invocation.RunAsync(
            [.. suite, "--data", Benchmark(), "--model", Voting(), .. Quick, "--k", "2", "--order", "both",
                "--save", _folder.At("saved")]);
        var second = await Invocation.RunAsync([.. suite, "--judged", _folder.At("saved", "results.jsonl")]);
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(JObject.Parse(first.Output), JObject.Parse(second.Output), JToken.EqualityComparer);
        Assert.Equal(6, (int)JObject.Parse(first.Output)["rows"]!);
    }

    [Fact]
    public async Task What_is_judged_is_not_judged_again()
    {
        var (data, model, saved) = (Benchmark(), Voting(), _folder.At("saved"));
        string[] asked =
            ["eval", "--suite", "vl-rewardbench", "--data", data, "--model", model, .. Quick, "--save", saved];
        var whole = await Invocation.RunAsync([.. asked, "--json"]);
        Assert.Equal(0, whole.ExitCode);

        // As a killed process leaves it: a line that marks its reply as old, and one cut short.
        var results = Path.Combine(saved, "results.jsonl");
        var lines = File.ReadAllLines(results);
        var old = JObject.Parse(lines[0]);
        old["replies"] = new JArray("judged before");
        File.WriteAllText(results, old.ToString(Newtonsoft.Json.Formatting.None) + "\n" + lines[1][..40]);

        var rest = await Invocation.RunAsync([.. asked, "--json"]);
        Assert.Contains("1 of 3 pairs are judged already", rest.Error);
        Assert.Equal(JObject.Parse(whole.Output), JObject.Parse(rest.Output), JToken.EqualityComparer);
        var after = File.ReadLines(results).Select(JObject.Parse).ToList();
        Assert.Equal(
            lines.Select(line => (string?)JObject.Parse(line)["id"]), after.Select(line => (string?)line["id"]));
        Assert.Equal("judged before", (string?)after[0]["replies"]![0]);
        Assert.Equal(JObject.Parse(lines[1]), after[1], JToken.EqualityComparer);
    }

    [Fact]
    public async Task A_scalar_models_folder_has_the_published_files_and_is_reported_anew()
    {
        var saved = _folder.At("saved");
        var asked = await Invocation.RunAsync(
            "eval", "--suite", "vl-rewardbench", "--data", Benchmark(), "--model", Scalar(), "--save", saved);
        Assert.Equal(0, asked.ExitCode);
        var rows = JArray.Parse(File.ReadAllText(Path.Combine(saved, "evaluation_results.json")));
        var details = JObject.Parse(File.ReadAllText(Path.Combine(saved, "mm_reward_results.json")));
        Assert.Equal(["A", "A", "A"], rows.Select(row => (string?)row["preference"]));
        Assert.All(rows, row => Assert.Equal(
            (double)row["addup_scores0"]! > (double)row["addup_scores1"]!, (bool)row["is_correct"]!));
        var right = rows.Count(row => (bool)row["is_correct"]!);
        Assert.Equal((right, 3), ((int)details["correct_count"]!, (int)details["total_count"]!));
        Assert.Equal(rows.Select(row => row["id"]), details["details"]!.Select(row => row["id"]));
        Assert.Contains($"({right}/3)", File.ReadAllText(Path.Combine(saved, "evaluation_info.txt")));
        var gaps = JObject.Parse(File.ReadAllText(Path.Combine(saved, "mean_reward_gap.json")));
        Assert.Equal(3, (int)gaps["count"]!["safety"]!);

        var page = Path.Combine(saved, "report.html");
        var before = File.ReadAllText(page);
        Assert.Contains("Reward gap of safety", before);
        File.Delete(page);
        Assert.Equal(0, (await Invocation.RunAsync("report", saved)).ExitCode);
        Assert.Equal(before, File.ReadAllText(page));
        Assert.Contains("leave --out", (await Invocation.RunAsync("report", saved, "runs/x")).Mistake());
        var agreement = await Invocation.RunAsync("report", saved, saved);
        Assert.Equal(0, agreement.ExitCode);
        Assert.Contains("100.0 %", agreement.Output);
    }

    [Fact]
    public async Task A_judges_folder_has_a_line_for_each_reply()
    {
        var saved = _folder.At("saved");
        var asked = await Invocation.RunAsync(
            ["eval", "--suite", "vl-rewardbench", "--data", Benchmark(), "--model", Voting(), .. Quick, "--k", "2",
                "--order", "both", "--save", saved]);
        Assert.Equal(0, asked.ExitCode);
        var rows = File.ReadLines(Path.Combine(saved, "all_results.jsonl")).Select(JObject.Parse).ToList();
        Assert.Equal(12, rows.Count);
        Assert.Equal(
            ["Response 1 is better", "Response 1 is better", "Response 2 is better", "Response 2 is better"],
            rows.Take(4).Select(row => (string?)row["ground_truth"]));
        var unread = rows.Count(row => row["predicted_answer"]!.Type == JTokenType.Null);
        Assert.Contains(
            $"Parse Failure Rate: {100.0 * unread / 12:0.00}% ({unread}/12)",
            File.ReadAllText(Path.Combine(saved, "evaluation_info.txt")));
    }

    [Theory]
    [InlineData("results.jsonl", "results.jsonl")]
    [InlineData("bench_chunk0_of_2.jsonl", "bench_chunk1_of_2.jsonl")]
    public async Task Chunks_put_together_have_the_figures_of_the_whole(string first, string second)
    {
        string[] suite = ["eval", "--suite", "vl-rewardbench", "--json"];
        string[] asked = [.. suite, "--data", Benchmark(), "--model", Voting(), .. Quick, "--answer", "published"];
        var whole = await Invocation.RunAsync(asked);
        foreach (var (index, pairs) in new[] { ("0", 2), ("1", 1) })
        {
            var part = await Invocation.RunAsync(
                [.. asked, "--num-chunks", "2", "--chunk-idx", index, "--save", _folder.At(index)]);
            Assert.Equal(pairs, (int)JObject.Parse(part.Output)["rows"]!);
        }

        var together = await Invocation.RunAsync(
            [.. suite, "--judged", _folder.At("0", first), _folder.At("1", second)]);
        Assert.Equal(0, together.ExitCode);
        Assert.Equal(
            JObject.Parse(whole.Output)["table"]!, JObject.Parse(together.Output)["table"]!, JToken.EqualityComparer);
    }

    [Fact]
    public async Task A_judges_rows_are_those_of_the_published_evaluators()
    {
        var model = TaughtModel.Write(_folder.At("taught"), "<think>a</think><answer>2</answer>");
        await Invocation.RunAsync(
            "eval", "--suite", "vl-rewardbench", "--data", Benchmark(), "--model", model, "--order", "gold-first",
            "--max-new-tokens", "64", "--device", "cpu", "--temperature", "0", "--save", _folder.At("s"));
        var rows = File.ReadLines(_folder.At("s", "bench_chunk0_of_1.jsonl")).Select(JObject.Parse).ToList();
        Assert.Equal(["RLAIF-V-1", "mathverse_2", "wildvision-3"], rows.Select(row => (string?)row["id"]));
        Assert.All(rows, row => Assert.Equal([0, 1], row["rewards"]!.Select(reward => (int)reward)));
        Assert.All(rows, row => Assert.Contains("<answer>2</answer>", (string?)row["critic"]));
        Assert.Equal("which\nResponse 1: better\nResponse 2: is", (string?)rows[0]["qs"]);
        Assert.Equal("better", (string?)rows[0]["chosen"]);
    }

    [Theory]
    [InlineData("of N chunks name one from 0 to N - 1", "--num-chunks", "2", "--chunk-idx", "2")]
    [InlineData("3 pairs in 7 chunks of one size make 3", "--num-chunks", "7", "--chunk-idx", "3")]
    public async Task A_chunk_that_is_not_there_is_told(string expected, params string[] chunk)
    {
        var ended = await Invocation.RunAsync(
            ["eval", "--suite", "vl-rewardbench", "--data", Benchmark(), "--model", "m", .. chunk]);
        Assert.Contains(expected, ended.Mistake());
    }

    [Theory]
    [InlineData("dtype float32 there, bfloat16 now", "--dtype", "bfloat16")]
    [InlineData("untrusted-text sanitized there, published now", "--untrusted-text", "published")]
    [InlineData("max-pixels none there, 784 now", "--max-pixels", "784")]
    [InlineData("format none there, pairs now", "--format", "pairs")]
    [InlineData("chunk none there, 0 of 2 now", "--num-chunks", "2")]
    public async Task An_evaluation_does_not_go_on_with_other_options(string expected, params string[] other)
    {
        var data = _folder.Write(
            "own.jsonl", """{"id":"1","question":"which","response1":"better","response2":"is","label":"second"}""");
        string[] asked =
            ["eval", "--suite", "dataset", "--data", data, "--model", Scalar(), "--device", "cpu", "--save",
                _folder.At("s")];
        await Invocation.RunAsync(asked);
        Assert.Contains(expected, (await Invocation.RunAsync([.. asked, .. other])).Mistake());
    }

    [Fact]
    public async Task A_folder_of_other_results_is_not_mixed_with_them()
    {
        var (data, saved) = (Benchmark(), _folder.At("saved"));
        string[] asked =
            ["eval", "--suite", "vl-rewardbench", "--data", data, "--model", Voting(), .. Quick, "--save", saved];
        Assert.Equal(0, (await Invocation.RunAsync(asked)).ExitCode);
        var other = (await Invocation.RunAsync([.. asked, "--k", "3"])).Mistake();
        Assert.Contains("k 1 there, 3 now", other);
        File.WriteAllText(data, """{"id":"new","prompt":"which","chosen":"a","rejected":"b"}""");
        Assert.Contains("The data file has changed", (await Invocation.RunAsync(asked)).Mistake());
    }

    [Theory]
    [InlineData("both", 2)]
    [InlineData("as-is", 1, "--order", "as-is")]
    public async Task JudgeBench_is_played_in_both_orders_unless_one_is_named(
        string order, int rows, params string[] more)
    {
        var data = _folder.Write(
            "bench.jsonl",
            """{"pair_id":"1","source":"mmlu-pro","question":"q","response_A":"a","response_B":"b","label":"A>B"}""");
        var ended = await Invocation.RunAsync(
            ["eval", "--suite", "judgebench", "--data", data, "--model", Voting(), .. Quick, "--json", .. more]);
        Assert.Equal(rows, (int)JObject.Parse(ended.Output)["rows"]!);
        Assert.Contains($"order {order}", ended.Error);
    }

    [Fact]
    public async Task Any_file_of_pairs_can_be_evaluated()
    {
        var data = _folder.Write(
            "own.jsonl",
            """
            {"question":"which","response1":"better","response2":"is","label":"second","aspect_labels":{"safety":"tie"}}
            {"question":"which","response1":"response","response2":"is","label":"first","category":"words"}
            {"question":"which","response1":"which","response2":"is","label":"tie"}
            """);
        var ended = await Invocation.RunAsync(
            "eval", "--suite", "dataset", "--data", data, "--model", Scalar(), "--json");
        var figures = JObject.Parse(ended.Output);
        Assert.Equal(1, (int)figures["categories"]!["words"]!["rows"]!);
        Assert.Equal((2, 1), ((int)figures["rows"]!, (int)figures["undecided"]!));
        Assert.Equal((1, 2), (
            (int)figures["heads"]!["safety"]!["pairs"]!, (int)figures["heads"]!["safety"]!["ties"]!));
        Assert.Equal(2, (int)figures["heads"]!["preference"]!["pairs"]!);
    }

    [Fact]
    public async Task Several_judges_of_one_file_have_a_table_each()
    {
        var judged = _folder.Write(
            "judges.jsonl",
            """
            {"judge":"one","pair_id":"1","source":"mmlu-pro","label":"A>B","decisions":["A>B","B>A"]}
            {"judge":"two","pair_id":"1","source":"mmlu-pro","label":"A>B","decisions":["B>A",null]}
            """);
        var table = await Invocation.RunAsync("eval", "--suite", "judgebench", "--judged", judged);
        Assert.Contains("100.0 %", table.Output);
        var lines = (await Invocation.RunAsync(
            "eval", "--suite", "judgebench", "--judged", judged, "--json", "--out", _folder.At("all.json"))).Output;
        (string?, double)[] expected = [("one", 1.0), ("two", 0.0)];
        Assert.Equal(expected, lines.Trim().Split('\n').Select(JObject.Parse).Select(Overall));
        Assert.Equal(expected, JArray.Parse(File.ReadAllText(_folder.At("all.json"))).Select(Overall));

        static (string?, double) Overall(JToken judge) =>
            ((string?)judge["judge"], (double)judge["table"]!["overall"]!);
    }

    [Theory]
    [InlineData("name the model with --model DIR, or rows judged before")]
    [InlineData("or rows judged before with --judged", "--model", "m", "--judged", "j")]
    [InlineData("--k: j is judged already; leave --k out", "--judged", "j", "--k", "3")]
    [InlineData("name its file with --data", "--model", "m")]
    public async Task What_does_not_fit_together_is_told_in_one_line(string expected, params string[] more)
    {
        var ended = await Invocation.RunAsync(["eval", "--suite", "vl-rewardbench", .. more]);
        Assert.Contains(expected, ended.Mistake());
    }

    [Fact]
    public async Task A_scalar_model_has_no_votes()
    {
        var ended = await Invocation.RunAsync("eval", "--suite", "scenes", "--model", Scalar(), "--k", "3");
        Assert.Contains("which gives scores and no votes; leave --k out", ended.Mistake());
    }

    private static readonly string[] Quick = ["--max-new-tokens", "2", "--device", "cpu"];

    private string Benchmark() => _folder.Write(
        "bench.jsonl",
        """
        {"id":"RLAIF-V-1","prompt":"which","chosen":"better","rejected":"is"}
        {"id":"mathverse_2","prompt":"is","chosen":"response","rejected":"better"}
        {"id":"wildvision-3","prompt":"better","chosen":"which","rejected":"response is"}
        """);

    private string Voting()
    {
        var folder = TinyModel.Write(_folder.At("words"));
        new ModelCard("compact").Save(folder);
        return folder;
    }

    private string Scalar()
    {
        var words = TinyModel.Write(_folder.At("base"));
        var folder = _folder.At("scores");
        var config = new ScalarConfig { Heads = ["preference", "safety"] };
        using var model = ScalarFolder.Start(words, config, CPU, ScalarType.Float32, seed: 7);
        ScalarFolder.Save(model, folder);
        Tokenizer.Load(words).CopyTo(folder);
        return folder;
    }
}
