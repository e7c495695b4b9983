using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Pairs;
using static R1Reward.Data.Pairs.Choice;

namespace R1Reward.Data.Tests.Evaluation.Suites;

public sealed class EvaluationResultTests
{
    [Fact]
    public void Each_head_is_measured_by_the_label_of_its_aspect_else_by_that_of_the_pair()
    {
        PairResult Pair(double[] whole, double[] safety, PreferenceLabel? aspect) => Judged.Scored("x", 0, 0) with
        {
            Scores = new Dictionary<string, double[]> { ["preference"] = whole, ["safety"] = safety },
            AspectLabels = aspect is { } label ? new Dictionary<string, PreferenceLabel> { ["safety"] = label } : null,
        };
        var result = EvaluationResult.Compute("pairs",
        [
            Pair([3, 1], [0, 2], PreferenceLabel.Second),
            Pair([1, 1], [0, 1], null),
            Pair([5, 0], [1, 0], PreferenceLabel.Tie),
        ]);
        var (preference, safety) = (result.Heads["preference"], result.Heads["safety"]);
        Assert.Equal((3, 0, 1), (preference.Figures.Pairs, preference.Figures.Ties, preference.Figures.EqualScores));
        Assert.Equal(7 / 3.0, preference.Figures.MeanGap!.Value, 1e-12);
        Assert.Equal((2, 1, 0.5), (safety.Figures.Pairs, safety.Figures.Ties, safety.Figures.Accuracy));
        Assert.Equal((2, 6), (safety.Figures.Gaps!.Total, safety.Scores!.Total));
        Assert.Equal((0.5, 1.5), (safety.Figures.Gaps.Mean, safety.Figures.Gaps.Deviation));
        Assert.Null(result.Places);
    }

    [Fact]
    public void The_place_that_a_judge_names_shows_by_where_the_preferred_response_stood()
    {
        // Always the first place: right where the preferred response stands there.
        var places = PlaceFigures.Compute(
        [
            Judged.Voted("x", [First, First], Second, Second),
            Judged.Voted("x", [First]) with { Label = PreferenceLabel.Second },
            Judged.Voted("x", [null]),
        ])!;
        Assert.Equal((2 / 3.0, 0.0, 1.0), (places.PreferredFirst, places.PreferredSecond, places.NamesFirst));
        Assert.Equal(new PositionBias(1, 1, 0), places.Both);
    }

    [Fact]
    public void One_vote_is_no_probability_and_what_was_not_shown_is_in_no_figure()
    {
        var result = EvaluationResult.Compute("scenes",
        [
            Judged.Voted("x", [First]),
            Judged.Voted("x", []) with { Problem = "too long" },
        ]);
        Assert.Null(result.Calibration);
        Assert.Equal((1, 1), (result.LeftOut, result.Report.Overall.Rows));
        Assert.NotNull(EvaluationResult.Compute("scenes", [Judged.Voted("x", [First, null])]).Calibration);
    }

    [Fact]
    public void Fourteen_ranges_hold_every_value_also_where_all_are_equal()
    {
        var spread = Histogram.Of([.. Enumerable.Range(0, 15).Select(i => (double)i)])!;
        Assert.Equal([.. Enumerable.Repeat(1, 13), 2], spread.Counts);
        Assert.Equal((0, 14, 7), (spread.Edges[0], spread.Edges[^1], spread.Mean));
        Assert.Equal(1, Histogram.Of([0, 6.5, 14])!.Counts[6]);
        Assert.Equal(3, Histogram.Of([2, 2, 2])!.Total);
        Assert.Null(Histogram.Of([]));
    }
}
