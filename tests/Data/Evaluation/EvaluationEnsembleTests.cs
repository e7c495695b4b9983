using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Evaluation;

public sealed class EvaluationEnsembleTests
{
    private static PairResult Pair(string id) =>
        new() { Id = id, Category = "all", Group = id, Label = PreferenceLabel.Second };

    private static PairResult Votes(string id, params Choice?[] votes) => Pair(id) with { AsGiven = votes };

    private static PairResult Scored(string id, double logit) =>
        Pair(id) with { Scores = new Dictionary<string, double[]> { ["preference"] = [logit, 0] }, Logit = logit };

    [Fact]
    public void The_mean_probability_decides_and_votes_count_half_a_vote_for_each_side_besides()
    {
        var together = EvaluationEnsemble.Of(
        [
            [Votes("a", Choice.First), Votes("b", Choice.First)],
            [Scored("b", -1), Scored("a", -2)],
        ]);
        Assert.Equal(["a", "b"], together.Select(result => result.Id));
        Assert.Equal((0.75 + (1 / (1 + Math.Exp(2)))) / 2, together[0].FirstProbability!.Value, 1e-12);
        Assert.Equal([true, false], together.SelectMany(result => result.Outcomes()).Select(one => one.IsCorrect));
    }

    [Fact]
    public void Who_cannot_be_read_has_no_say_and_where_nobody_can_the_pair_is_tied()
    {
        var together = EvaluationEnsemble.Of(
            [[Votes("a", (Choice?)null), Votes("b", (Choice?)null)], [Scored("a", -1), Votes("b", (Choice?)null)]]);
        Assert.Equal(1 / (1 + Math.E), together[0].FirstProbability!.Value, 1e-12);
        Assert.True(Assert.Single(together[1].Outcomes()).IsTied);
    }

    [Fact]
    public void Pairs_that_one_judge_was_not_shown_are_left_out()
    {
        var together = EvaluationEnsemble.Of(
            [[Scored("a", 1), Scored("b", 1) with { Problem = "too long" }], [Scored("b", 1), Scored("a", 1)]]);
        Assert.Equal("a", Assert.Single(together).Id);
    }
}
