using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Evaluation;

public sealed class SuiteReportTests
{
    private static PreferencePair Pair(PreferenceLabel? label) => new()
    {
        Id = new PairId(
            "p"), Question = "q", Response1 = "a", Response2 = "b", Label = label, Source = "scenes", Difficulty = 2,
    };

    [Fact]
    public void Unreadable_replies_count_as_wrong_and_are_reported_apart()
    {
        var score = Score.Compute(
        [
            Outcome.FromChoice(Pair(PreferenceLabel.First), Choice.First, "x"),
            Outcome.FromChoice(Pair(PreferenceLabel.Second), Choice.First, "x"),
            Outcome.FromChoice(Pair(PreferenceLabel.First), null, "x"),
            Outcome.FromChoice(Pair(PreferenceLabel.Tie), Choice.First, "x"),
        ]);
        Assert.Equal((4, 1, 1), (score.Rows, score.Correct, score.Unreadable));
        Assert.Equal((0.25, 0.25, 0.0), (score.Accuracy!.Value, score.UnreadableRate!.Value, score.AccPlus!.Value));
    }

    [Fact]
    public void Nothing_judged_has_no_accuracy()
    {
        var report = SuiteReport.Compute([]);
        Assert.Null(report.Overall.Accuracy);
        Assert.Null(report.Macro);
    }

    [Fact]
    public void Scenes_are_counted_by_grade() => Assert.Equal("scenes/grade 2", SuiteCategory.Get(Pair(null)));
}
