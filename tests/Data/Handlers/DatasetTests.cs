using System.Text.Json.Serialization;
using Newtonsoft.Json.Linq;
using Parquet.Serialization;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Tests.Extending;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Handlers;

public sealed class DatasetTests : IDisposable
{
    private const string Row = """{"question":"q","response1":"a","response2":"b","label":"first","image":"p.png"}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_of_an_address_are_read_one_after_the_other_each_from_its_own_folder()
    {
        Directory.CreateDirectory(_folder.At("one"));
        Directory.CreateDirectory(_folder.At("two"));
        var pairs = _folder.Write("one/pairs.jsonl", Row);
        var preference = _folder.Write("two/other.jsonl", """{"prompt":"p","chosen":"c","rejected":"d"}""");

        var file = Dataset.Read($"pairs:{pairs}, preference:{preference},auto:{pairs}");

        Assert.Equal(["q", "p", "q"], file.Pairs.Select(pair => pair.Question));
        Assert.Equal(_folder.At("one", "p.png"), file.Pairs[0].Media.Single().Path);
        Assert.Equal(3, file.Pairs.Select(pair => pair.Id).Distinct().Count());
        Assert.Equal(2, file.MediaMissing.Count);
    }

    [Theory]
    [InlineData("hpdv33:a.json", "the source hpdv33 is not known; there are hpdv3, ")]
    [InlineData("hpdv3:", "is no source:path")]
    [InlineData("hpdv3:a.json,b.json", "b.json is no source:path")]
    [InlineData("Own.Handler@nowhere.dll:a.json", "nowhere.dll: no such assembly")]
    [InlineData("pairs:nowhere.jsonl", "nowhere.jsonl: no such file")]
    [InlineData("nowhere.jsonl", "nowhere.jsonl: no such file")]
    [InlineData("nowhere/part-*.parquet", "no file has such a name")]
    public void An_address_that_cannot_be_read_is_told_with_the_reason(string name, string reason) =>
        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => Dataset.Read(name)).Message);

    [Fact]
    public void Relative_paths_of_an_address_start_at_the_folder_of_the_file_that_names_it()
    {
        Assert.Equal("/data/a.jsonl", DatasetAddress.In("/data", "a.jsonl"));
        Assert.Equal("", DatasetAddress.In("/data", ""));
        Assert.Equal(
            "hpdv3:/data/a.json,Own.Rows@/data/bin/Own.dll:/b.csv",
            DatasetAddress.In("/data", "hpdv3:a.json, Own.Rows@bin/Own.dll:/b.csv"));
        var odd = _folder.Write("pairs:2,more.jsonl", Row);
        Assert.Equal(odd, DatasetAddress.In(_folder.Path, "pairs:2,more.jsonl"));
        Assert.Single(Dataset.Read(odd).Pairs);
    }

    [Fact]
    public void Compared_pictures_become_pairs_whose_responses_are_the_pictures()
    {
        File.WriteAllText(_folder.At("1.png"), "");
        File.WriteAllText(_folder.At("2.png"), "");
        var path = _folder.Write(
            "train.json",
            """
            [{"prompt":"a fox","path1":"1.png","path2":"2.png"},
             {"prompt":"a fox","path1":"1.png","path2":"none.png"},
             {"prompt":"a fox","path1":"2.png","path2":"1.png"}]
            """);

        var file = Dataset.Read("hpdv3:" + path);

        Assert.Equal((2, 1), (file.Pairs.Count, file.PassedOver));
        var pair = file.Pairs[0];
        Assert.Equal((_folder.At("1.png"), _folder.At("2.png")), (pair.Media1[0].Path, pair.Media2[0].Path));
        Assert.Equal((PreferenceLabel.First, "hpdv3"), (pair.Label, pair.Source));
        Assert.Single(file.Pairs.Select(one => one.Group).Distinct());
        var turned = pair.Swapped();
        Assert.Equal((pair.Media1, pair.Media2), (turned.Media2, turned.Media1));
        Assert.Equal(PreferenceLabel.Second, turned.Label);
    }

    [Fact]
    public async Task Labels_of_aspects_stand_under_the_names_of_their_heads()
    {
        Directory.CreateDirectory(_folder.At("t2v"));
        var path = _folder.At("t2v", "data.parquet");
        await using (var file = File.Create(path))
        {
            await ParquetSerializer.SerializeAsync(
                [new Shares { Preference1 = 0.75, Preference2 = 0.25, Alignment1 = 0.25, Alignment2 = 0.5 }], file);
        }

        var pair = Assert.Single(Dataset.Read("rapidata-t2v:" + path).Pairs);

        Assert.Equal(PreferenceLabel.First, pair.LabelOf(PreferencePair.PreferenceHead));
        Assert.Equal(PreferenceLabel.Second, pair.LabelOf("alignment"));
        Assert.Equal(PreferenceLabel.Tie, pair.LabelOf("coherence"));
        Assert.Equal(PreferenceLabel.First, pair.Swapped().LabelOf("alignment"));
    }

    [Fact]
    public void A_set_whose_judgments_name_an_image_is_read_with_its_label_and_its_answer_as_a_number()
    {
        var path = _folder.Write(
            "cot.json",
            """
            [{"images":["1.png","2.png"],"conversations":[{"from":"human","value":"Which?"},
              {"from":"gpt","value":"<think>t</think><answer>Image 2 is better</answer>"}]},
             {"images":["1.png","2.png"],"conversations":[{"from":"human","value":"Which?"},
              {"from":"gpt","value":"<answer>Both images are equally good</answer>"}]}]
            """);

        var pairs = Dataset.Read("imagegen-cot-reward-5k:" + path).Pairs;

        Assert.Equal(
            (PreferenceLabel.Second, "<think>t</think><answer>2</answer>"), (pairs[0].Label, pairs[0].Judgment));
        Assert.Equal((PreferenceLabel.Tie, null), (pairs[1].Label, pairs[1].Judgment));
    }

    [Fact]
    public void The_order_of_compared_pictures_depends_on_seed_and_row()
    {
        var pairs = Enumerable.Range(0, 200)
            .Select(i => new PreferencePair
            {
                Id = new PairId($"row-{i}"),
                Question = "the same for all",
                Response1 = "",
                Response2 = "",
                Media1 = [new MediaItem(MediaKind.Image, $"/anywhere/{i}.png")],
                Media2 = [new MediaItem(MediaKind.Image, $"/anywhere/{i + 1}.png")],
            })
            .ToList();

        bool[] Exchanged(long seed) =>
            [.. pairs.Select(pair => OrderPolicy.IsExchanged(pair, CandidateOrder.Random, seed))];

        Assert.InRange(Exchanged(1).Count(exchanged => exchanged), 70, 130);
        Assert.Equal(Exchanged(1), Exchanged(1));
        Assert.NotEqual(Exchanged(1), Exchanged(2));
    }

    [Fact]
    public void A_handler_of_ones_own_is_named_by_its_class_and_its_assembly()
    {
        var path = _folder.Write(
            "letters.jsonl",
            """
            {"prompt":"q","A":"one","B":"two","winner":"B"}
            {"prompt":"q","A":"one","B":"two","winner":"C"}
            {"prompt":"q","A":"one","winner":"A"}
            {"prompt":["q"],"A":"one","B":"two","winner":"A"}
            """);
        var own = $"{typeof(LetterHandler).FullName}@{typeof(LetterHandler).Assembly.Location}:{path}";

        var rows = Dataset.ReadRows(own).ToList();

        Assert.Equal(PreferenceLabel.Second, Assert.Single(rows[0].Pairs).Label);
        Assert.Equal(($"{path}:2", "field \"winner\" is \"C\"; give A or B"), (rows[1].Place, rows[1].Problem));
        Assert.Contains("\"B\" is missing", rows[2].Problem);
        Assert.Contains($"{typeof(LetterHandler).FullName} failed: ", rows[3].Problem);
        var unknown = "Letters" + own[own.IndexOf('@', StringComparison.Ordinal)..];
        Assert.Contains(
            "has no class Letters", Assert.Throws<UserErrorException>(() => Dataset.Read(unknown)).Message);
    }

    private sealed class Shares
    {
        [JsonPropertyName("prompt")]
        public string? Prompt { get; set; } = "p";

        [JsonPropertyName("file_name1")]
        public string? File1 { get; set; } = "1.mp4";

        [JsonPropertyName("file_name2")]
        public string? File2 { get; set; } = "2.mp4";

        [JsonPropertyName("weighted_results1_Preference")]
        public double? Preference1 { get; set; }

        [JsonPropertyName("weighted_results2_Preference")]
        public double? Preference2 { get; set; }

        [JsonPropertyName("weighted_results1_Alignment")]
        public double? Alignment1 { get; set; }

        [JsonPropertyName("weighted_results2_Alignment")]
        public double? Alignment2 { get; set; }

        [JsonPropertyName("weighted_results1_Coherence")]
        public double? Coherence1 { get; set; }

        [JsonPropertyName("weighted_results2_Coherence")]
        public double? Coherence2 { get; set; }
    }
}
