using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class PairReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static PreferencePair Full() => new()
    {
        Id = new PairId("one"),
        Question = "What? {x} \"2024-01-02T03:04:05Z\" ü \u2028",
        Response1 = "a",
        Response2 = "b\nc",
        Media = [new MediaItem(MediaKind.Image, "x.png"), new MediaItem(MediaKind.Video, "frames")],
        Label = PreferenceLabel.Second,
        Difficulty = 3,
        Source = "test",
        Group = "g",
        OriginalId = "2020-01-01",
        Judgment = "<think>t</think><answer>2</answer>",
    };

    [Fact]
    public void Own_rows_keep_every_field()
    {
        var bare = new PreferencePair { Id = new PairId("two"), Question = "", Response1 = "a", Response2 = "b" };
        var path = Path.Combine(_folder.Path, "sub", "pairs.jsonl");
        PairWriter.WritePairs(path, [Full(), bare]);
        var file = PairReader.Read(path);
        Assert.Equal(PairFormat.Pairs, file.Format);
        Assert.Equivalent(new[] { Full(), bare }, file.Pairs, strict: true);
        Assert.Equal("""{"id":"two","question":"","response1":"a","response2":"b"}""", File.ReadAllLines(path)[1]);
        Assert.Equal(["pairs.jsonl"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void A_row_without_id_gets_one_from_its_index_and_content()
    {
        const string row = """{"question":"q","response1":"a","response2":"b"}""";
        var ids = PairReader.Read(_folder.Write("p.jsonl", row + "\n\n" + row + "\n")).Pairs
            .Select(pair => pair.Id.Value)
            .ToList();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids[0][^8..], ids[1][^8..]);
    }

    [Theory]
    [InlineData("""{"question":"q","response1":"a"}""", "fields are none of a known format")]
    [InlineData("""{"question":"q","response1":"a","response2":"b","label":"1"}""", "first, second, tie")]
    [InlineData("""{"question":"q","response1":"a","response2":7}""", "\"response2\" is 7; give it as a string")]
    [InlineData("""{"question":"q","response1":"a","response2":"b","difficulty":"x"}""", "whole number")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","media":[{"kind":"photo","path":"x"}]}""",
        "image, video, audio")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","difficulty":99999999999999999999}""", "whole number")]
    [InlineData(
        """
        {"message":"[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"image\":{\"link\":\"x\"}}]}]","answer":["1"]}
        """,
        "give a path as a string")]
    [InlineData("""{"question":"q",""", "not valid JSON")]
    [InlineData("""{"question":"q"} {}""", "not valid JSON")]
    [InlineData("""["q"]""", "give a JSON object")]
    [InlineData("""{"message":"no json","answer":["<answer>1</answer>"]}""", "chat as a JSON string")]
    [InlineData(
        """{"message":"[{\"role\":\"user\",\"content\":\"hello\"}]","answer":["<answer>1</answer>"]}""",
        "no known template")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":null}""", "\"rejected\" is missing")]
    public void A_bad_row_is_one_line_with_file_line_reason_and_remedy(string row, string expected)
    {
        var good = row.Contains("\"message\"") || row.Contains("\"chosen\"")
            ? ""
            : """{"question":"q","response1":"a","response2":"b"}""";
        var path = _folder.Write("bad.jsonl", $"\n{row}\n{good}\n");
        var error = Assert.Throws<UserErrorException>(() => PairReader.Read(path));
        Assert.StartsWith($"{path}:2: ", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Bad_rows_are_skipped_and_counted_only_on_request()
    {
        var path = _folder.Write(
            "some.jsonl", "{\"question\":\"q\",\"response1\":\"a\",\"response2\":\"b\"}\nnonsense\n");
        var file = PairReader.Read(path, skipBadRows: true);
        Assert.Single(file.Pairs);
        Assert.StartsWith($"{path}:2: ", Assert.Single(file.Skipped));
        Assert.Contains("none of its 1 rows", Assert.Throws<UserErrorException>(
            () => PairReader.Read(_folder.Write("none.jsonl", "nonsense"), skipBadRows: true)).Message);
    }

    [Fact]
    public void Missing_and_empty_files_are_named()
    {
        Assert.Contains(
            "no such file",
            Assert.Throws<UserErrorException>(
                () => PairReader.Read(Path.Combine(_folder.Path, "nowhere.jsonl"))).Message);
        Assert.Contains(
            "no rows",
            Assert.Throws<UserErrorException>(() => PairReader.Read(_folder.Write("empty.jsonl", "\n"))).Message);
        Assert.Contains(
            "no rows",
            Assert.Throws<UserErrorException>(() => PairReader.Read(_folder.Write("empty.json", "[]"))).Message);
    }

    [Theory]
    [InlineData("r1-pairwise")]
    [InlineData("r1-aspects")]
    public void R1_Reward_rows_are_written_and_read_back(string template)
    {
        var path = Path.Combine(_folder.Path, "r1.jsonl");
        var pairs = new[] { Full(), Full() with { Label = PreferenceLabel.Tie, Media = [] } };
        PairWriter.WriteR1Reward(path, pairs, PromptTemplate.Get(template));
        var file = PairReader.Read(path);
        Assert.Equal(PairFormat.R1Reward, file.Format);
        Assert.Equal(
            pairs.Select(p => (p.Question, p.Response1, p.Response2, p.Label)),
            file.Pairs.Select(p => (p.Question, p.Response1, p.Response2, p.Label)));
        Assert.Equal(Full().Media, file.Pairs[0].Media);
        Assert.Equal("<answer>2</answer>", (string?)JObject.Parse(File.ReadLines(path).First())["answer"]![0]);
    }

    [Fact]
    public void R1_Reward_rows_are_read_with_the_picture_before_the_text_and_from_a_JSON_list()
    {
        var chat = new JArray(new JObject
        {
            ["role"] = "user",
            ["content"] = new JArray(
                new JObject { ["type"] = "image", ["image"] = "x.png" },
                new JObject { ["type"] = "text", ["text"] = PromptTemplate.R1Pairwise.Fill("q", "a", "b") }),
        });
        var row = new JObject
        {
            ["message"] = chat.ToString(),
            ["question"] = "q",
            ["answer"] = new JArray("<answer>1</answer>"),
        };
        var pair = Assert.Single(PairReader.Read(_folder.Write("r1.json", new JArray(row).ToString())).Pairs);
        Assert.Equal(
            ("q", "a", "b", PreferenceLabel.First, "x.png"),
            (pair.Question, pair.Response1, pair.Response2, pair.Label!.Value, pair.Media.Single().Path));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["<answer>3</answer>"]""")]
    [InlineData("""[{"answer":1}]""")]
    public void An_R1_Reward_row_without_a_usable_answer_is_refused(string answers)
    {
        var row = PairRowOfR1();
        row["answer"] = JToken.Parse(answers);
        Assert.Contains(
            "\"answer\" is",
            Assert.Throws<UserErrorException>(
                () =>
                    PairReader.Read(_folder.Write("a.jsonl", row.ToString(Newtonsoft.Json.Formatting.None)))).Message);

        static JObject PairRowOfR1() => R1RewardRow.Write(Full(), PromptTemplate.R1Pairwise);
    }

    [Fact]
    public void An_unlabelled_pair_cannot_be_written_for_R1_Reward() =>
        Assert.Contains("no label", Assert.Throws<UserErrorException>(
        () =>
            PairWriter.WriteR1Reward(
                Path.Combine(_folder.Path, "x.jsonl"),
                [Full() with { Label = null }],
                PromptTemplate.R1Pairwise)).Message);

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        var path = _folder.Write("pairs.jsonl", "old");
        Assert.Throws<InvalidOperationException>(() => PairWriter.WritePairs(path, Broken()));
        Assert.Equal("old", File.ReadAllText(path));

        static IEnumerable<PreferencePair> Broken()
        {
            yield return Full();
            throw new InvalidOperationException("no more");
        }
    }

    [DataTheory]
    [InlineData("vl_rewardbench.jsonl", PairFormat.VlRewardbench)]
    [InlineData("mm_rlhf_rewardbench.jsonl", PairFormat.MmRlhf)]
    public void Published_benchmarks_are_recognised_and_every_row_gets_its_own_key(string name, PairFormat format)
    {
        var path = Path.Combine(Fixtures.Data, name);
        var file = PairReader.Read(path);
        var rows = File.ReadLines(path).Select(JObject.Parse).ToList();
        Assert.Equal(format, file.Format);
        Assert.Equal(rows.Count, file.Pairs.Select(pair => pair.Id).Distinct().Count());
        Assert.Equal(rows.Select(row => (string?)row["id"]), file.Pairs.Select(pair => pair.OriginalId));
        Assert.All(rows.Zip(file.Pairs), both =>
        {
            Assert.Equal(
                ((string?)both.First["chosen"], (string?)both.First["rejected"]),
                (both.Second.Response1, both.Second.Response2));
            Assert.Equal((string?)both.First["image"] ?? (string?)both.First["video"], both.Second.Media.Single().Path);
            Assert.Equal(PreferenceLabel.First, both.Second.Label);
        });
        var there = file.Pairs.Count(pair => Path.Exists(Path.Combine(Fixtures.Data, pair.Media[0].Path)));
        Assert.Equal(rows.Count - there, file.MediaMissing.Count);
    }
}
