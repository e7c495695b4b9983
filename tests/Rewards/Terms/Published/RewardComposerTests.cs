using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Tests.Terms.Published;

public sealed class RewardComposerTests
{
    [Fact]
    public void A_choice_outside_answer_tags_earns_nothing()
    {
        var found = new Judgment("response 1", Choice.First, JudgmentStatus.Fallback, WellFormed: false);
        var breakdown = Compose(found, ConsistencyVerdict.NotAsked);
        Assert.Equal(0, breakdown.Result);
        Assert.Contains("result: no choice in answer tags", breakdown.Reasons);
    }

    [Fact]
    public void A_missing_verdict_keeps_its_state_and_its_reason()
    {
        var breakdown = Compose(Chose(Choice.First), ConsistencyVerdict.Undecided, "connection refused");
        Assert.Equal(ConsistencyVerdict.Undecided, breakdown.Verdict);
        Assert.Equal(0, breakdown.Consistency);
        Assert.Equal("judge: connection refused", Assert.Single(breakdown.Reasons));
    }

    [Fact]
    public void A_full_reward_has_no_reasons() =>
        Assert.Empty(Compose(Chose(Choice.First), ConsistencyVerdict.Consistent).Reasons);

    [Fact]
    public void The_total_is_the_weighted_sum_of_the_terms_and_a_term_without_value_says_why()
    {
        TermScore[] terms = [new("a", 0.5, 2, null), new("b", null, 1, "away")];

        var breakdown = Compose(Chose(Choice.First), ConsistencyVerdict.NotAsked, null, terms);

        Assert.Equal(1.0, breakdown.Total);
        Assert.Equal("b: away", Assert.Single(breakdown.Reasons));
    }

    private static RewardBreakdown Compose(
        Judgment judgment, ConsistencyVerdict verdict, string? judgeReason = null, params TermScore[] terms) =>
        new RewardComposer().Compose(judgment, PreferenceLabel.First, verdict, judgeReason, terms);

    private static Judgment Chose(Choice choice) => new("an analysis", choice, JudgmentStatus.Tagged, WellFormed: true);
}
