using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class MediaPairRowTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_field_that_is_a_letter_labels_the_head_of_its_name()
    {
        var pair = Read("""{"prompt":"p","image_0":"a.png","image_1":"b.png","preference":"A","alignment":"B"}""");
        Assert.Equal(("a.png", "b.png"), (pair.Media1.Single().Path, pair.Media2.Single().Path));
        Assert.Equal((PreferenceLabel.First, PreferenceLabel.Second), (pair.Label, pair.LabelOf("alignment")));
        Assert.Null(pair.LabelOf("coherence"));
    }

    [Fact]
    public void A_judgment_says_the_label_and_is_imitated_with_a_number()
    {
        const string reply = "<think>t</think><answer>Video 2 is better</answer>";
        var pair = Read(
            $$"""{"prompt":"p","video_0":"a.mp4","video_1":{"path":"b.mp4"},"response":"{{reply}}"}""");
        Assert.Equal(MediaKind.Video, pair.Media2.Single().Kind);
        Assert.Equal((PreferenceLabel.Second, "<think>t</think><answer>2</answer>"), (pair.Label, pair.Judgment));
    }

    [Theory]
    [InlineData("""{"prompt":"p","image_0":"a.png","image_1":null,"preference":"A"}""", "image_1\" (or video_1")]
    [InlineData("""{"prompt":"p","image_0":"a","image_1":"b","preference":"D"}""", "\"preference\" is \"D\"")]
    [InlineData("""{"prompt":"p","image_0":"a","image_1":"b","response":"the first"}""", "names no better one")]
    public void A_row_that_is_wrong_is_told_by_its_field(string row, string problem) =>
        Assert.Contains(problem, Assert.Throws<UserErrorException>(() => Read(row)).Message);

    [Fact]
    public void The_own_format_keeps_media_of_responses_and_the_trainers_format_refuses_them()
    {
        var pair = Read("""{"prompt":"p","image_0":"a.png","image_1":"b.png","preference":"A"}""");
        var path = _folder.At("own.jsonl");
        PairWriter.WritePairs(path, [pair]);
        var read = Assert.Single(PairReader.Read(path).Pairs);
        Assert.Equal((pair.Media1.Single(), pair.Media2.Single()), (read.Media1.Single(), read.Media2.Single()));
        Assert.Contains(
            "its responses are media",
            Assert.Throws<UserErrorException>(
                () => PairWriter.WriteR1Reward(path, [pair], Data.Prompts.PromptTemplate.Compact)).Message);
    }

    [Fact]
    public void Rows_of_MMPR_may_lack_a_text_and_are_passed_over_without_a_picture()
    {
        var path = _folder.Write(
            "mmpr.jsonl",
            """
            {"image":"a.png","question":null,"chosen":"good","rejected":null}
            {"image":null,"question":"q","chosen":"good","rejected":"bad"}
            {"chosen":{"text":"good","image":"a.png"},"rejected":{"text":"bad","image":"b.png"}}
            """);
        var file = PairReader.Read(path);
        Assert.Equal((PairFormat.Mmpr, 2, 1), (file.Format, file.Pairs.Count, file.PassedOver));
        Assert.Equal(("", "good", ""), (file.Pairs[0].Question, file.Pairs[0].Response1, file.Pairs[0].Response2));
        Assert.Equal("b.png", file.Pairs[1].Media2.Single().Path);
    }

    private PreferencePair Read(string row) => Assert.Single(PairReader.Read(_folder.Write("rows.jsonl", row)).Pairs);
}
