using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Evaluation;

public sealed class ScoreFiguresTests
{
    [Fact]
    public void Equal_scores_are_wrong_and_ties_are_in_no_mean()
    {
        var figures = ScoreFigures.Compute(
        [
            (0.9, 0.2, PreferenceLabel.First),
            (0.4, 0.4, PreferenceLabel.Second),
            (0.5, 0.6, PreferenceLabel.Tie),
            (0.1, 0.6, null),
        ]);
        Assert.Equal((2, 1, 1), (figures.Pairs, figures.Ties, figures.EqualScores));
        Assert.Equal(0.5, figures.Accuracy);
        Assert.Equal(0.35, figures.MeanGap!.Value, 1e-12);
        Assert.Equal(0.65, figures.Chosen!.Value, 1e-12);
        Assert.Equal(0.3, figures.Rejected!.Value, 1e-12);
    }

    [Fact]
    public void Without_a_decided_pair_nothing_is_known()
    {
        var figures = ScoreFigures.Compute([(1, 0, PreferenceLabel.Tie)]);
        Assert.Null(figures.Accuracy);
        Assert.Null(figures.MeanGap);
        Assert.DoesNotContain("accuracy", figures.Numbers.Keys);
    }

    [Fact]
    public void Ranks_share_places_and_probabilities_are_those_of_logits()
    {
        Assert.Equal([2, 1, 2], ScoreRanking.Ranks([0.2, 0.9, 0.2]));
        Assert.Equal(0.731059, ScoreRanking.Probabilities([1, 0])[0], 1e-6);
        Assert.Equal([1, 0], ScoreRanking.Probabilities([2000, 0]));
        Assert.Equal(1, ScoreRanking.Probabilities([-900, -901, -902]).Sum(), 1e-12);
    }
}
