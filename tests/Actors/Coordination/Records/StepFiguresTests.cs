using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Tests.Coordination.Records;

public sealed class StepFiguresTests
{
    [Fact]
    public void Questions_of_verdicts_and_of_terms_are_counted_together()
    {
        var figures = StepFigures.Compute(
            [
                JudgedOf(new JudgeUse(1.5, 2, 1, 0), new JudgeUse(0.5, 1, 0, 0)),
                JudgedOf(null, new JudgeUse(0, 0, 0, 1)),
                JudgedOf(null, null),
            ],
            new Dictionary<string, double>());

        Assert.Equal((2.0 / 3, 3), (figures["judge-seconds"], figures["judge-requests"]));
        Assert.Equal((1, 1), (figures["judge-errors"], figures["judge-cache-hits"]));
    }

    [Fact]
    public void Where_no_judge_was_asked_there_are_no_figures_of_one()
    {
        var figures = StepFigures.Compute([JudgedOf(null, null)], new Dictionary<string, double>());

        Assert.DoesNotContain("judge-requests", figures.Keys);
    }

    [Fact]
    public void A_trace_of_which_a_term_gave_no_number_is_counted_and_in_no_mean_of_rewards()
    {
        var rewarded = JudgedOf(null, null);
        var undecided = rewarded with
        {
            Reward = rewarded.Reward!.WithTerms(
                [new TermScore("sure", null, 1, "judge: away"), new TermScore("form", 1, 1, null)]),
        };

        var some = StepFigures.Compute([rewarded, undecided], new Dictionary<string, double>());
        var none = StepFigures.Compute([undecided], new Dictionary<string, double>());

        Assert.Equal((1, 1), (some["reward"], some["unrewarded"]));
        Assert.Equal(1, some["reward/form"]);
        Assert.DoesNotContain("reward", none.Keys);
        Assert.DoesNotContain("watch/length-correlation", none.Keys);
    }

    private static JudgedTrace JudgedOf(JudgeUse? verdict, JudgeUse? term)
    {
        const string text = "<think>x</think><answer>1</answer>";
        var pair = MachineRun.PairOf("0", PreferenceLabel.First);
        var judgment = JudgmentParser.Parse(text);
        TermScore[] terms = [new TermScore("sure", 1, 1, null) { Use = term }];
        var reward = new RewardComposer().Compose(
            judgment, PreferenceLabel.First, ConsistencyVerdict.NotAsked, null, terms);
        return new JudgedTrace(pair, 0, MachineRun.TraceOf("t", pair, 0, text), judgment)
        {
            JudgeUse = verdict,
            Reward = reward,
        };
    }
}
