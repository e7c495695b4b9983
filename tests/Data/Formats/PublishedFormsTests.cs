using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class PublishedFormsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[0, 1]", PreferenceLabel.First)]
    [InlineData("[1, 0]", PreferenceLabel.Second)]
    [InlineData("[0, 0]", PreferenceLabel.Tie)]
    public void VL_RewardBench_is_read_as_its_publishers_offer_it(string ranking, PreferenceLabel label)
    {
        var row = """{"id":"RLHF-V-7","query":"How many?","response":["two","one"],"image":"x.png","human_ranking":"""
            + ranking + ""","models":["a","b"],"rationale":""}""";
        var file = Read(row);
        var pair = Assert.Single(file.Pairs);
        Assert.Equal(PairFormat.VlRewardbench, file.Format);
        Assert.Equal(
            ("How many?", "two", "one", label, "x.png", "hallucination"),
            (pair.Question, pair.Response1, pair.Response2, pair.Label!.Value, pair.Media.Single().Path,
                SuiteCategory.Get(pair)));
        Assert.Equal("fields that are not used: models (1 rows)", file.IgnoredNote);
        Assert.Equal(label, Read(row, PairFormat.VlRewardbench).Pairs.Single().Label);
    }

    [Theory]
    [InlineData("Output1", PreferenceLabel.First)]
    [InlineData("Output2", PreferenceLabel.Second)]
    public void Multimodal_RewardBench_names_the_better_output(string better, PreferenceLabel label)
    {
        var file = Read(
            """{"ID":"pairs-3","Text":"Who?","Output1":"a","Output2":"b","Image":"x.jpg","Category":"safety","""
            + "\"Better\":"
            + $"\"{better}\"}}");
        var pair = Assert.Single(file.Pairs);
        Assert.Equal(PairFormat.MultimodalRewardbench, file.Format);
        Assert.Equal(
            (label, "safety/bias", "x.jpg", "pairs-3"),
            (pair.Label!.Value, SuiteCategory.Get(pair), pair.Media.Single().Path, pair.OriginalId));
        Assert.Null(file.IgnoredNote);
    }

    [Theory]
    [InlineData("livebench-math", "A>B", PreferenceLabel.First, "math")]
    [InlineData("mmlu-pro-law", "B>A", PreferenceLabel.Second, "knowledge")]
    public void JudgeBench_is_labelled_and_counted_by_source(
        string source, string written, PreferenceLabel label, string category)
    {
        var pair = Read(
            """{"pair_id":"p","question":"q","response_A":"a","response_B":"b","""
            + $$""" "source":"{{source}}","label":"{{written}}"}""")
            .Pairs.Single();
        Assert.Equal((label, category), (pair.Label!.Value, SuiteCategory.Get(pair)));
    }

    [Fact]
    public void RewardBench_2_gives_a_pair_for_every_rejected_reply_and_one_group_for_the_row()
    {
        var file = Read(
            """
            {"id":"4","prompt":"p","chosen":["a"],"rejected":["b","c","d"],"subset":"Focus","num_correct":1}
            {"id":"5","prompt":"p","chosen":["a","e"],"rejected":["b"],"subset":"Ties","num_correct":2}
            """);
        Assert.Equal(PairFormat.Rewardbench2, file.Format);
        Assert.Equal(["ab", "ac", "ad", "ab", "eb"], file.Pairs.Select(pair => pair.Response1 + pair.Response2));
        Assert.Equal(["Focus", "Focus", "Focus", "Ties", "Ties"], file.Pairs.Select(SuiteCategory.Get));
        Assert.Equal([3, 2], file.Pairs.GroupBy(pair => pair.Group).Select(group => group.Count()));
        Assert.Equal(5, file.Pairs.Select(pair => pair.Id).Distinct().Count());
    }

    [Fact]
    public void RM_Bench_compares_every_style_and_counts_by_difficulty()
    {
        var file = Read(
            """{"id":8,"prompt":"p","chosen":["a0","a1","a2"],"rejected":["b0","b1","b2"],"domain":"chat"}""");
        Assert.Equal(PairFormat.RmBench, file.Format);
        Assert.Equal(9, file.Pairs.Count);
        Assert.Equal(
            "chat/hard", SuiteCategory.Get(file.Pairs.Single(pair => pair is { Response1: "a0", Response2: "b2" })));
        Assert.Equal(
            [("chat/normal", 3), ("chat/hard", 3), ("chat/easy", 3)],
            file.Pairs.GroupBy(SuiteCategory.Get).Select(group => (group.Key, group.Count())));
        Assert.All(file.Pairs, pair => Assert.Equal("8", pair.OriginalId));
    }

    [DataTheory]
    [InlineData("judgebench_gpt.jsonl", PairFormat.Judgebench, 350)]
    [InlineData("rm_bench_chat.json", PairFormat.RmBench, 1161)]
    public void Published_files_are_recognised(string name, PairFormat format, int pairs)
    {
        var file = PairReader.Read(Path.Combine(Fixtures.Data, name));
        Assert.Equal((format, pairs), (file.Format, file.Pairs.Count));
        Assert.Equal(pairs, file.Pairs.Select(pair => pair.Id).Distinct().Count());
        Assert.All(file.Pairs, pair => Assert.NotNull(pair.Category));
    }

    [Theory]
    [InlineData("""{"prompt":"p","completion":"c","label":true}""", "Found: \"prompt\", \"completion\", \"label\".")]
    [InlineData("""{"a\u001b[31m\n":1}""", "Found: \"a\\u001b[31m\\n\".")]
    [InlineData("{}", "Found: none.")]
    public void An_unknown_form_is_told_what_was_found_and_what_is_known(string row, string found)
    {
        var message = Assert.Throws<UserErrorException>(() => Read(row)).Message;
        Assert.Contains(found, message);
        Assert.Contains("Known: pairs: question, response1, response2; r1-reward: message, answer;", message);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public void Damaged_Parquet_and_compressed_files_are_named_as_such()
    {
        var path = Path.Combine(_folder.Path, "rows.parquet");
        File.WriteAllBytes(path, [.. "PAR1"u8, 0, 1]);
        Assert.Contains(
            "the Parquet file cannot be read", Assert.Throws<UserErrorException>(() => PairReader.Read(path)).Message);
        File.WriteAllBytes(path, [0x1F, 0x8B, 8, 0, 0]);
        Assert.Contains("gunzip", Assert.Throws<UserErrorException>(() => PairReader.Read(path)).Message);
    }

    private PairFile Read(string rows, PairFormat format = PairFormat.Auto) =>
        PairReader.Read(_folder.Write("rows.jsonl", rows), format);
}
