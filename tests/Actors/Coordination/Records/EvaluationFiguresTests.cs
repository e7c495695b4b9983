using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Tests.Coordination.Records;

public sealed class EvaluationFiguresTests
{
    [Fact]
    public void Votes_are_counted_over_disjoint_groups_of_samples()
    {
        // Ten samples of one pair, preferred 1: the first five say 1 1 1 2 2, the last five 2 2 2 2 1.
        var figures = Figures(TieRule.None, (PreferenceLabel.First, [1, 1, 1, 2, 2, 2, 2, 2, 2, 1]));

        Assert.Equal([1, 5, 10], figures.Vote.Keys.Order());
        Assert.Equal(0.4, figures.Vote[1], 12);
        Assert.Equal(0.5, figures.Vote[5], 12);
        Assert.Equal(0.0, figures.Vote[10], 12);
        Assert.Equal((0.4, 1.0, 1.0), (figures.AnyCorrect[1], figures.AnyCorrect[5], figures.AnyCorrect[10]));
        Assert.Equal((1, 10, 0.4), (figures.Pairs, figures.SamplesPerPair, figures.Accuracy));
    }

    [Theory]
    [InlineData(TieRule.None, 0.0)]
    [InlineData(TieRule.First, 0.5)]
    public void A_tie_has_no_winner_or_the_first_vote(TieRule ties, double expected)
    {
        var figures = Figures(ties, (PreferenceLabel.First, [1, 2]), (PreferenceLabel.First, [2, 1]));

        Assert.Equal(expected, figures.Vote[2]);
    }

    [Fact]
    public void Unreadable_replies_are_wrong_and_have_no_vote()
    {
        var figures = Figures(TieRule.None, (PreferenceLabel.Second, [0, 0, 2]), (PreferenceLabel.Second, [0, 0, 0]));

        Assert.Equal(5 / 6.0, figures.Unreadable, 12);
        Assert.Equal(1 / 6.0, figures.Accuracy, 12);
        Assert.Equal(0.5, figures.Vote[3]);
    }

    [Fact]
    public void Undecided_verdicts_are_counted_apart_from_the_consistency_rate()
    {
        ConsistencyVerdict[] verdicts =
        [
            ConsistencyVerdict.Consistent,
            ConsistencyVerdict.Inconsistent,
            ConsistencyVerdict.Consistent,
            ConsistencyVerdict.Undecided,
            ConsistencyVerdict.NotAsked,
        ];
        var judged = JudgedOf(0, PreferenceLabel.First, 1);
        var traces = verdicts.Select(verdict => judged with
        {
            Verdict = verdict,
            JudgeReason = verdict == ConsistencyVerdict.Undecided ? "the judge says maybe" : null,
        }).ToList();

        var figures = EvaluationFigures.Compute(traces, TieRule.None);

        Assert.Equal(2 / 3.0, figures.Consistency!.Value, 12);
        Assert.Equal(1, figures.Undecided);
        Assert.Null(EvaluationFigures.Compute(traces[3..], TieRule.None).Consistency);
        Assert.Equal("the judge says maybe", figures.UndecidedReason);
    }

    [Fact]
    public void Pairs_in_both_orders_show_whether_the_place_sways()
    {
        var judged = JudgedOf(0, PreferenceLabel.First, 1);
        var swapped = JudgedOf(1, PreferenceLabel.Second, 1);
        var swappedId = new PairId(judged.Pair.Id + OrderPolicy.SwappedSuffix);
        swapped = swapped with { Pair = swapped.Pair with { Id = swappedId } };

        var figures = EvaluationFigures.Compute([judged, swapped], TieRule.None);

        Assert.Equal(new PositionBias(1, 1.0, 0.0), figures.Position);
        Assert.Null(Figures(TieRule.None, (PreferenceLabel.First, [1])).Position);
    }

    private static EvaluationFigures Figures(TieRule ties, params (PreferenceLabel Label, int[] Votes)[] pairs)
    {
        var traces = pairs.SelectMany((pair, group) => pair.Votes.Select(vote => JudgedOf(group, pair.Label, vote)));
        return EvaluationFigures.Compute([.. traces], ties);
    }

    private static JudgedTrace JudgedOf(int group, PreferenceLabel label, int vote)
    {
        var text = vote == 0 ? "cannot say" : $"<think>x</think><answer>{vote}</answer>";
        var pair = MachineRun.PairOf($"{group}", label);
        return new JudgedTrace(pair, group, MachineRun.TraceOf("t", pair, 0, text), JudgmentParser.Parse(text));
    }
}
