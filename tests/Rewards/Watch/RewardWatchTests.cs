using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Watch;

namespace R1Reward.Rewards.Tests.Watch;

public sealed class RewardWatchTests
{
    [Fact]
    public void Terms_are_shown_by_their_means_and_by_the_share_without_a_value()
    {
        var figures = RewardWatch.Figures(
            [
                Trace(1, 10, Choice.First, terms: [Term("a", 1), Term("b", null)]),
                Trace(0, 20, Choice.First, terms: [Term("a", 0), Term("b", 3)]),
            ]);
        Assert.Equal((0.5, 3.0, 0.5), (figures["reward/a"], figures["reward/b"], figures["reward/b/unknown"]));
        Assert.DoesNotContain("reward/a/unknown", figures.Keys);
    }

    [Fact]
    public void A_reward_that_follows_length_or_place_shows_it()
    {
        var figures = RewardWatch.Figures(
            [Trace(1, 10, Choice.Second), Trace(2, 20, Choice.First), Trace(3, 30, Choice.First), Trace(0, 0, null)]);
        Assert.Equal(1.0, figures["watch/length-correlation"], 1e-12);
        Assert.Equal(0.866, figures["watch/position-correlation"], 1e-3);
        Assert.Equal((2.0 / 3.0, 0.25), (figures["watch/first-share"], figures["watch/unreadable-share"]));
        Assert.Equal((2.0 / 3.0) - 1.0, figures["watch/first-excess"], 1e-12);
    }

    [Fact]
    public void The_term_that_follows_the_length_is_named()
    {
        var figures = RewardWatch.Figures([.. new[] { (10, 0.0, 1.0), (20, 1.0, 1.0), (30, 2.0, 0.0) }.Select(row =>
            Trace(
                row.Item2 + row.Item3,
                row.Item1,
                row.Item1 == 20 ? Choice.First : Choice.Second,
                terms: [Term("long", row.Item2), Term("other", row.Item3)]))]);
        Assert.Equal(
            (1.0, -0.866),
            (figures["watch/length-correlation/long"], Math.Round(figures["watch/length-correlation/other"], 3)));
        Assert.Equal(0.5, figures["watch/position-correlation/other"], 1e-12);
    }

    [Fact]
    public void What_cannot_be_counted_is_left_out()
    {
        var figures = RewardWatch.Figures(
            [Trace(1, 10, Choice.First), Trace(1, 20, Choice.First), Trace(1, 30, Choice.First)]);
        Assert.DoesNotContain("watch/length-correlation", figures.Keys);
        Assert.DoesNotContain("watch/judge-agreement", figures.Keys);
        Assert.Empty(RewardWatch.Figures([]));
    }

    [Fact]
    public void Verdicts_are_held_against_the_labels_and_ties_are_counted()
    {
        var figures = RewardWatch.Figures(
        [
            Trace(1, 1, Choice.First, ConsistencyVerdict.Consistent),
            Trace(1, 1, Choice.Second, ConsistencyVerdict.Inconsistent),
            Trace(1, 1, Choice.Second, ConsistencyVerdict.Consistent),
            Trace(1, 1, Choice.First, ConsistencyVerdict.Undecided),
            Trace(1, 1, null, text: "<answer>Both are equally good</answer>"),
        ]);
        Assert.Equal(
            (2.0 / 3.0, 0.25, 0.2),
            (figures["watch/judge-agreement"], figures["watch/undecided-share"], figures["watch/tie-share"]));
    }

    [Fact]
    public void Pairs_in_both_orders_show_the_sway_of_the_place()
    {
        var bias = PositionBias.FromChoices(
            [(Choice.First, Choice.Second), (Choice.First, Choice.First), (Choice.First, null)]);
        Assert.Equal(new PositionBias(2, 0.75, 0.5), bias);
        Assert.Null(PositionBias.FromChoices([(null, Choice.First)]));
        Assert.Equal(new PositionBias(1, 1.0, 0.0), PositionBias.FromJudgments(
            [
                (new PairId("a"), Choice.First),
                (new PairId("b"), Choice.Second),
                (new PairId("a-swapped"), Choice.First),
                (new PairId("a"), Choice.Second),
            ]));
    }

    [Theory]
    [InlineData("watch/length-correlation", -0.9, "follows the length")]
    [InlineData("watch/first-excess", 0.3, "response 1 is named")]
    [InlineData("watch/first-excess", -0.3, "response 2 is named")]
    [InlineData("watch/undecided-share", 0.3, "decides nothing")]
    public void A_figure_out_of_bounds_is_said_once_a_full_window_shows_it_and_again_after_it_cleared(
        string figure, double bad, string says)
    {
        var alarms = new DriftAlarms(new WatchOptions { Window = 2 });
        IReadOnlyList<string> Step(double value) => alarms.Observe(new Dictionary<string, double> { [figure] = value });
        Assert.Empty(Step(bad));
        Assert.Contains(says, Assert.Single(Step(bad)), StringComparison.Ordinal);
        Assert.Empty(Step(bad));
        Assert.Equal(1, alarms.Active);
        Step(0);
        Step(0);
        Assert.Equal(0, alarms.Active);
        Step(bad);
        Assert.Single(Step(bad));
    }

    [Fact]
    public void Accuracy_that_falls_under_a_reward_that_does_not_is_said()
    {
        var alarms = new DriftAlarms(new WatchOptions { Window = 1 });
        IReadOnlyList<string> Step(double accuracy, double reward) => alarms.Observe(
            new Dictionary<string, double> { ["accuracy"] = accuracy, ["reward"] = reward });
        Assert.Empty(Step(0.9, 1.8));
        Assert.Empty(Step(0.7, 1.4));
        Assert.Contains("accuracy fell by", Assert.Single(Step(0.7, 1.9)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_judge_that_parts_from_the_labels_is_said()
    {
        var alarms = new DriftAlarms(new WatchOptions { Window = 1 });
        Assert.Empty(alarms.Observe(new Dictionary<string, double> { ["watch/judge-agreement"] = 0.9 }));
        Assert.Single(alarms.Observe(new Dictionary<string, double> { ["watch/judge-agreement"] = 0.7 }));
    }

    [Fact]
    public void Long_repetitive_text_is_counted_in_linear_time() =>
        Assert.Equal(1.0, TextStatistics.RepeatScore(new string('a', 200_000)), 1e-4);

    [Fact]
    public void The_texts_of_a_batch_are_counted_each_for_itself()
    {
        string[] texts = ["abcabcab", "aaaa", "", "cabc"];
        var figures = RewardWatch.Figures([.. texts.Select(text => Trace(1, 10, Choice.First, text: text))]);
        Assert.Equal(texts.Average(Repeated), figures["watch/repetition"], 1e-12);

        static double Repeated(string text)
        {
            List<string> all =
            [
                .. from start in Enumerable.Range(0, text.Length)
                   from length in Enumerable.Range(1, text.Length - start)
                   select text.Substring(start, length),
            ];
            return all.Count == 0 ? 0.0 : 1.0 - (all.Distinct().Count() / (double)all.Count);
        }
    }

    [Fact]
    public void A_text_that_is_no_longer_than_one_before_takes_no_more_memory()
    {
        var substrings = new SubstringCounter();
        var text = string.Concat(Enumerable.Range(0, 500).Select(number => number * number));
        TextStatistics.RepeatScore(text, substrings);

        var before = GC.GetAllocatedBytesForCurrentThread();
        TextStatistics.RepeatScore(text, substrings);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TermScore Term(string name, double? value) => new(name, value, 1, null);

    private static WatchedTrace Trace(
        double total,
        int tokens,
        Choice? choice,
        ConsistencyVerdict verdict = ConsistencyVerdict.NotAsked,
        string text = "abcd",
        IReadOnlyList<TermScore>? terms = null) =>
        new(
            total,
            terms ?? [],
            tokens,
            text,
            new Judgment("a", choice, choice is null ? JudgmentStatus.Invalid : JudgmentStatus.Tagged, true),
            PreferenceLabel.First,
            verdict);
}
