using R1Reward.Data.Pairs;
using R1Reward.Data.Tests.Media;
using R1Reward.Data.Validation;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Validation;

public sealed class DatasetValidatorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_that_is_wrong_is_told_with_its_place_and_the_rest_is_counted()
    {
        var train = _folder.Write(
            "train.jsonl",
            """
            {"id":"a","question":"one","response1":"x","response2":"yy","label":"first"}
            {"id":"a","question":"three","response1":"x","response2":"y","label":"second"}
            {"id":"b","question":"q","response1":"x","response2":"y","label":"tie","image":"none.png"}
            {"question":"q","response1":5,"response2":"y"}
            nothing
            {"question":"q","response1":"x","response2":"z"}
            """);
        var heldOut = _folder.Write(
            "held.jsonl", """{"id":"h","question":"one","response1":"yy","response2":"x","label":"second"}""");

        var report = new DatasetValidator().Run(train, heldOut);

        Assert.False(report.IsGood);
        Assert.Equal(
            ["duplicate-id 2", "media 3", "row 4", "row 5", "split-leak 1"],
            report.Problems
                .Select(problem => $"{problem.Kind} {problem.Place.Split(':')[^1]}")
                .Order(StringComparer.Ordinal));
        Assert.Contains(report.Problems, problem => problem.Message.Contains("\"response1\" is 5"));
        var set = report.Sets[0];
        var labels = set.Labels[PreferencePair.PreferenceHead];
        Assert.Equal((6, 4, 0, 0.5), (set.Rows, set.Pairs, set.PassedOver, labels.FirstShare));
        Assert.Equal((1, 1), (labels.Tie, labels.None));
        Assert.Equal((1, 5), (set.Questions.Percentile(0.5), set.Questions.Percentile(1)));
        Assert.Equal(2, set.Responses.Percentile(1));
    }

    [Fact]
    public void Pictures_are_decoded_unless_only_their_presence_counts()
    {
        File.WriteAllText(_folder.At("broken.png"), "no picture");
        var path = _folder.Write(
            "rows.jsonl", """{"question":"q","response1":"x","response2":"y","label":"first","image":"broken.png"}""");
        Assert.Equal("media", Assert.Single(new DatasetValidator().Run(path).Problems).Kind);
        Assert.True(new DatasetValidator(decodeMedia: false).Run(path).IsGood);
    }

    [Theory]
    [InlineData("audio")]
    [InlineData("audios")]
    public void Sounds_are_decoded_unless_only_their_presence_counts(string field)
    {
        var whole = SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 1));
        File.WriteAllBytes(_folder.At("whole.wav"), whole);
        File.WriteAllBytes(_folder.At("cut.wav"), whole[..(whole.Length / 2)]);
        string Row(string sound) =>
            $$"""{"question":"{{sound}}","response1":"x","response2":"y","label":"first","{{field}}":["{{sound}}"]}""";
        var path = _folder.Write("rows.jsonl", Row("whole.wav") + "\n" + Row("cut.wav"));

        var problem = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal("media", problem.Kind);
        Assert.Contains("cut.wav", problem.Message, StringComparison.Ordinal);
        Assert.Contains("it was cut", problem.Message, StringComparison.Ordinal);
        Assert.True(new DatasetValidator(decodeMedia: false).Run(path).IsGood);
    }

    [Fact]
    public void Pairs_of_one_row_share_its_id_and_a_dataset_address_is_read_by_its_handler()
    {
        var many = _folder.Write(
            "many.jsonl",
            """{"id":"r","prompt":"q","chosen":["a","b","c"],"rejected":["d","e","f"],"domain":"chat"}""");
        var report = new DatasetValidator().Run(many);
        Assert.True(report.IsGood, string.Join("; ", report.Problems));
        Assert.True(report.Sets[0].Pairs > 1);

        var csv = _folder.Write(
            "videos.csv",
            """
            prompt,path_A,path_B,A_model,B_model,VQ,MQ,TA,Overall
            p,a.mp4,b.mp4,m,n,A,A,A,B
            p,a.mp4,b.mp4,m,n,A,A,A,C
            """);
        var handled = new DatasetValidator().Run($"videogen-rewardbench:{csv}");
        Assert.Equal(1, handled.Sets[0].Pairs);
        Assert.Equal((2, 1), (handled.Counts["media"], handled.Counts["row"]));
        var wrong = handled.Problems.Single(problem => problem.Kind == "row");
        Assert.Equal(($"{csv}:3", "field \"Overall\" is \"C\"; give A, B or same"), (wrong.Place, wrong.Message));
    }

    [Fact]
    public void Every_row_of_both_sides_is_told_to_whoever_looks_on()
    {
        var path = _folder.Write("rows.jsonl", "1\n2\n3\n");
        var told = new Told();

        new DatasetValidator().Run(path, path, told);

        Assert.Equal([1, 2, 3, 4, 5, 6], told);
    }

    [Fact]
    public void Only_so_many_problems_are_kept_and_all_are_counted()
    {
        var path = _folder.Write("rows.jsonl", "1\n2\n3\n");
        var report = new DatasetValidator(maxProblems: 2).Run(path);
        Assert.Equal(2, report.Problems.Count);
        Assert.Equal(3, report.Counts["row"]);
    }

    private sealed class Told : List<int>, IProgress<int>
    {
        public void Report(int value) => Add(value);
    }
}
