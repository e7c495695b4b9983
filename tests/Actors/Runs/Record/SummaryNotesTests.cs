using R1Reward.Actors.Runs.Record;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class SummaryNotesTests
{
    private static readonly EvaluationCondition Strict = new()
    {
        Order = "random",
        Ties = "none",
        Answer = "strict",
        Temperature = 1,
        MaxNewTokens = 64,
        Template = "compact",
        Judge = true,
    };

    private static readonly EvaluationSummary Found = new()
    {
        Accuracy = 0.5,
        Consistency = 1,
        Unreadable = 0.25,
        Pairs = 4,
        SamplesPerPair = 2,
        Condition = Strict,
    };

    [Fact]
    public void One_condition_is_said_once_and_different_ones_by_row()
    {
        Assert.Equal(
            [
                "after SFT: 4 pairs x 2 samples; unreadable 25.0 %",
                "after RL: 4 pairs x 2 samples; unreadable 25.0 %; 1 of 8 verdicts undecided; 3 pairs left out",
                Strict.ToString(),
            ],
            SummaryNotes.Conditions(
                [("after SFT", Found), ("after RL", Found with { Asked = 8, Undecided = 1, LeftOut = 3 })]));

        var warmer = Found with { Condition = Strict with { Temperature = 1.5 } };
        var lines = SummaryNotes.Conditions([("after SFT", Found), ("after RL", warmer)]).ToList();

        Assert.StartsWith("after SFT: order random", lines[2], StringComparison.Ordinal);
        Assert.Contains("temperature 1.5", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, 0, "no reply names a response")]
    [InlineData(false, 0, 0, "no term of evaluations asks the judge")]
    [InlineData(true, 3, 3, "the judge decided on none of 3 samples: maybe")]
    public void A_consistency_that_is_unknown_says_why(bool judge, int asked, int undecided, string why)
    {
        var figures = Found with
        {
            Consistency = null,
            Asked = asked,
            Undecided = undecided,
            UndecidedReason = undecided > 0 ? "maybe" : null,
            Condition = Strict with { Judge = judge },
        };

        var warning = Assert.Single(SummaryNotes.Warnings([("after SFT", figures)], new RunSummary()));

        Assert.Contains(why, warning, StringComparison.Ordinal);
        Assert.Empty(SummaryNotes.Warnings([("after SFT", Found)], new RunSummary()));
    }

    [Fact]
    public void A_summary_of_an_earlier_release_has_no_condition_and_no_counts() =>
        Assert.Empty(SummaryNotes.Conditions([("after SFT", new EvaluationSummary { Accuracy = 0.5 })]));
}
