using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Annotation;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Annotation;

public sealed class AnnotationFileTests : IDisposable
{
    private static readonly PreferencePair Pair = new()
    {
        Id = new PairId("p"),
        Question = "q",
        Response1 = "a",
        Response2 = "b",
        Label = PreferenceLabel.First,
    };

    private static readonly Rewards.Annotation.Annotation Solved =
        new(AnnotationOutcome.Solved, 2, "<think>so</think><answer>1</answer>", null);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_answered_is_known_when_the_file_is_opened_again()
    {
        using (var file = Open())
        {
            file.Add(0, Pair, Solved);
            file.Add(1, Pair, new Rewards.Annotation.Annotation(AnnotationOutcome.Undecided, 1, null, "away"));
        }

        // A process that was killed left half a line.
        File.AppendAllText(_folder.At("annotations.jsonl"), "{\"pair\": \"0000");
        using var again = Open();

        Assert.Equal(Solved, again.Find(0, Pair));
        Assert.Null(again.Find(1, Pair));
        Assert.Null(again.Find(2, Pair));
    }

    [Theory]
    [InlineData("other", "b", PreferenceLabel.First)]
    [InlineData("q", "c", PreferenceLabel.First)]
    [InlineData("q", "b", PreferenceLabel.Second)]
    public void A_row_that_has_changed_is_asked_about_again(string question, string response2, PreferenceLabel label)
    {
        using var file = Open();
        file.Add(0, Pair, Solved);

        Assert.Null(file.Find(0, Pair with { Question = question, Response2 = response2, Label = label }));
    }

    [Fact]
    public void Annotations_of_other_settings_are_not_gone_on_with()
    {
        Open().Dispose();

        var wrong = Assert.Throws<UserErrorException>(() => Open(tries: 5));
        Assert.Contains("\"tries\":3", wrong.Message);
        Assert.Contains("\"tries\":5", wrong.Message);
    }

    private AnnotationFile Open(int tries = 3) =>
        new(_folder.At("annotations.jsonl"), new JObject { ["model"] = (string?)null, ["tries"] = tries });
}
