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
            Voted(PreferenceLabel.First, Choice.First),
            Voted(PreferenceLabel.Second, Choice.First),
            Voted(PreferenceLabel.First, null, null),
            Voted(PreferenceLabel.Tie, Choice.First),
        ]);
        Assert.Equal((4, 1, 1), (score.Rows, score.Correct, score.Unreadable));
        Assert.Equal((0.25, 0.25, 0.0), (score.Accuracy!.Value, score.UnreadableRate!.Value, score.AccPlus!.Value));
    }

    [Fact]
    public void An_even_vote_is_wrong_and_tied_and_not_unreadable()
    {
        var score = Score.Compute(
        [
            Voted(PreferenceLabel.First, Choice.First, Choice.Second),
            Voted(PreferenceLabel.First, null, Choice.First),
        ]);
        Assert.Equal((1, 0, 1), (score.Correct, score.Unreadable, score.Tied));
    }

    private static Outcome Voted(PreferenceLabel label, params Choice?[] votes) =>
        Outcome.FromTally(Pair(label), VoteTally.Count(votes), "x");

    [Fact]
    public void Replies_that_name_no_response_are_no_votes_and_agree_on_nothing()
    {
        var none = VoteTally.Count([null, null, null]);
        Assert.Equal((0, 3), (none.Votes, none.Invalid));
        Assert.Null(none.Agreement);
        Assert.Equal(0.25, VoteTally.Count([null, Choice.First, null, null]).Agreement);
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
