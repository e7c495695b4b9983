using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Files;
using R1Reward.Data.Formats;
using R1Reward.Data.Formats.Judged;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class JudgedFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_that_were_written_are_read_back()
    {
        var scored = new PairResult
        {
            Id = "1",
            OriginalId = "n",
            Category = "c",
            Group = "g",
            Label = PreferenceLabel.Second,
            AspectLabels = new Dictionary<string, PreferenceLabel> { ["safety"] = PreferenceLabel.Tie },
            Scores = new Dictionary<string, double[]> { ["safety"] = [0.25, -1] },
            Logit = 1.25,
        };
        var voted = new PairResult
        {
            Id = "2", Category = "c", Group = "g", AsGiven = [Choice.First, null], Exchanged = [Choice.Second],
        };
        var path = _folder.At("judged.jsonl");
        JsonLines.Write(path, [JObject.FromObject(scored), JObject.FromObject(voted)]);
        var read = Assert.Single(JudgedFile.Read([path], "scenes")).Results;
        Assert.Equal(JToken.FromObject(new[] { scored, voted }), JToken.FromObject(read), JToken.EqualityComparer);
        Assert.Equal((Choice.Second, null), (read[1].Exchanged[0], read[1].AsGiven[1]));
    }

    [Theory]
    [InlineData("decisions", """["A>B","B>A"]""")]
    [InlineData("judgments", """[{"decision":"A>B","judge":"x"},{"decision":"B>A"}]""")]
    public void JudgeBench_plays_the_second_game_with_the_responses_exchanged(string field, string decisions)
    {
        var path = _folder.Write(
            "out.jsonl",
            $$"""
            {"judge":"a","pair_id":"1","source":"mmlu-pro-law","label":"A>B","{{field}}":{{decisions}}}
            {"judge":"a","pair_id":"2","source":"livebench-math","label":"B>A","{{field}}":{{decisions}}}
            {"judge":"b","pair_id":"1","source":"mmlu-pro-law","label":"A>B","{{field}}":[null,null]}
            """);
        var judges = JudgedFile.Read([path], "judgebench");
        Assert.Equal(["a", "b"], judges.Select(judge => judge.Judge));
        var tables = judges.Select(judge => SuiteTable.Compute("judgebench", judge.Results)!).ToList();
        Assert.Equal((1.0, 0.0, 0.5), (tables[0]["knowledge"], tables[0]["math"], tables[0]["overall"]));
        Assert.Equal(0.0, tables[1]["overall"]);
    }

    [Fact]
    public void RM_Bench_scores_become_nine_pairs()
    {
        var path = _folder.Write(
            "out.json",
            """[{"id":1,"domain":"math","score_chosen":[1,2,3],"score_rejected":[0,2,4],"prompt":"p"}]""");
        var table = SuiteTable.Compute("rm-bench", Assert.Single(JudgedFile.Read([path], "rm-bench")).Results)!;

        // Hard: 1 against 2, 1 against 4, 2 against 4. Normal: 1-0, 2-2, 3-4. Easy: 2-0, 3-0, 3-2.
        Assert.Equal((0.0, 1 / 3.0, 1.0), (table["hard"], table["normal"]!.Value, table["easy"]));
        Assert.Equal(4 / 9.0, table["math"]!.Value, 1e-12);
    }

    [Theory]
    [InlineData("""
        {"id":"7","subset":"Math","scores":[2,1,2,0],"num_correct":1}
        {"id":"tied:1","subset":"Ties","scores":[3,2.5,1],"num_correct":2}
        {"id":"ref:1","subset":"Ties","scores":[3,1],"num_correct":1}
        """)]
    [InlineData("""
        {
            "id": ["7", "tied:1", "ref:1"],
            "model": "m",
            "num_correct": [1, 2, 1],
            "scores": [[2, 1, 2, 0], [3, 2.5, 1], [3, 1]],
            "subset": ["Math", "Ties", "Ties"]
        }
        """)]
    public void RewardBench_2_scores_are_read_as_rows_and_as_columns(string text)
    {
        var results = Assert.Single(JudgedFile.Read([_folder.Write("scores.json", text)], "rewardbench2")).Results;
        var table = SuiteTable.Compute("rewardbench2", results)!;
        Assert.Equal(0.5, table["Math"]);
        Assert.Equal(1 + (0.01 * Math.Tanh((1.5 / 0.5) - 1)), table["Ties"]!.Value, 1e-9);
    }

    [Fact]
    public void R1_Rewards_rows_have_the_preferred_response_first()
    {
        var path = _folder.Write(
            "out.jsonl",
            """
            {"id":"5","image":"mcq/a.png","rewards":[1,0]}
            {"id":"5","video":"video/b","rewards":[0,1]}
            """);
        var table = SuiteTable.Compute("mm-rlhf", Assert.Single(JudgedFile.Read([path], "mm-rlhf")).Results)!;
        Assert.Equal((1.0, 0.0, 0.5, 0.0), (table["mcq"], table["video"], table["overall"], table["ACC+"]));
    }

    [Fact]
    public void MM_Rewards_result_file_is_read()
    {
        var path = _folder.Write(
            "result.json",
            """
            {
              "accuracy": 0.5,
              "details": [
                {"id": "mathverse_1", "scores": [0.5, 0.1], "human_ranking": [0, 1]},
                {"id": "RLHF-V-1", "scores": [0.5, 0.1], "human_ranking": [1, 0]}
              ]
            }
            """);
        var table = SuiteTable.Compute(
            "vl-rewardbench", Assert.Single(JudgedFile.Read([path], "vl-rewardbench")).Results)!;
        Assert.Equal((1.0, 0.0), (table["reasoning"], table["hallucination"]));
    }

    [Theory]
    [InlineData("""{"id":"1","question":"q"}""", ":1: no judged row")]
    [InlineData("""{"id":"1","decisions":["A>B"],"label":"A"}""", ":1: field \"label\" is \"A\"")]
    [InlineData("""{"id":"1","num_correct":2,"scores":[1,2]}""", ":1: field \"num_correct\" is 2", "rewardbench2")]
    [InlineData("""{"id":"1","num_correct":1,"scores":[1,2]}""", ":1: a row of rewardbench2, whose")]
    [InlineData("""{"id":"1","decisions":["A>B"],"label":"A>B"}""", "name the suite judgebench", "rm-bench")]
    [InlineData("""{"id":"1","rewards":["1","2"]}""", ":1: field \"rewards\" is no list of numbers")]
    [InlineData("""{"as-given":[1],"id":"1"}""", ":1: ")]
    [InlineData("", "holds no rows")]
    public void A_row_of_no_known_layout_is_named_with_its_line(
        string row, string expected, string suite = "judgebench")
    {
        var path = _folder.Write("out.jsonl", row);
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => JudgedFile.Read([path], suite)).Message);
    }

    /// <summary>The figures that JudgeBench's leaderboard gives for the judges whose decisions are at hand.</summary>
    [DataTheory]
    [InlineData("o1-mini", 58.44, 62.24, 82.14, 78.57, 65.71)]
    [InlineData("Skywork-Reward-Gemma-2-27B", 59.74, 66.33, 83.93, 50.00, 64.29)]
    public void Published_decisions_give_the_published_figures(
        string judge, double knowledge, double reasoning, double math, double coding, double overall)
    {
        var judges = JudgedFile.Read([Path.Combine(Fixtures.Data, "judgebench_judgments.jsonl")], "judgebench");
        var results = judges.Single(one => one.Judge.Contains(judge, StringComparison.Ordinal)).Results;
        var table = SuiteTable.Compute("judgebench", results)!;
        Assert.Equal(
            [knowledge, reasoning, math, coding, overall],
            table.Figures.Select(figure => Math.Round(100 * figure.Share!.Value, 2)));
    }

    [Fact]
    public void A_pair_that_two_files_judge_is_named()
    {
        const string row = """{"id":"p1","category":"c","group":"g","label":"first","as-given":[1]}""";
        var (first, second) = (_folder.Write("a.jsonl", row), _folder.Write("b.jsonl", row));
        Assert.Contains(
            "b.jsonl:1: the pair p1 is judged twice",
            Assert.Throws<UserErrorException>(() => JudgedFile.Read([first, second], "dataset")).Message);
        Assert.Contains(
            "named twice", Assert.Throws<UserErrorException>(() => JudgedFile.Read([first, first], "dataset")).Message);
    }
}
