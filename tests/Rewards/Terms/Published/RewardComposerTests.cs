using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Tests.Terms.Published;

public sealed class RewardComposerTests
{
    // R1-Reward's sum of the parts, as its paper and as its code pay: every combination once.
    [Theory]
    [InlineData(R1Form.Paper, true, true, ConsistencyVerdict.Consistent, 2.0)]
    [InlineData(R1Form.Reference, true, true, ConsistencyVerdict.Consistent, 2.0)]
    [InlineData(R1Form.Paper, true, true, ConsistencyVerdict.Undecided, 1.5)]
    [InlineData(R1Form.Reference, true, true, ConsistencyVerdict.Undecided, 1.5)]
    [InlineData(R1Form.Paper, true, true, ConsistencyVerdict.NotAsked, 1.5)]
    [InlineData(R1Form.Paper, true, true, ConsistencyVerdict.Inconsistent, 1.5)]
    [InlineData(R1Form.Reference, true, true, ConsistencyVerdict.Inconsistent, 1.0)]
    [InlineData(R1Form.Paper, false, true, ConsistencyVerdict.Consistent, 0.5)]
    [InlineData(R1Form.Reference, false, true, ConsistencyVerdict.Inconsistent, 0.5)]
    [InlineData(R1Form.Paper, true, false, ConsistencyVerdict.Consistent, 1.5)]
    [InlineData(R1Form.Reference, true, false, ConsistencyVerdict.Inconsistent, 0.5)]
    [InlineData(R1Form.Paper, false, false, ConsistencyVerdict.NotAsked, 0.0)]
    public void Totals_are_those_of_the_paper_and_of_the_published_code(R1Form form, bool right, bool formatted, ConsistencyVerdict verdict, double total)
    {
        var composer = new RewardComposer(new R1CompositionOptions { Form = form });
        var label = right ? PreferenceLabel.First : PreferenceLabel.Second;
        Assert.Equal(total, composer.Compose(Chose(Choice.First, formatted), label, verdict).Total);
    }

    [Fact]
    public void Only_a_right_choice_needs_a_judge()
    {
        var composer = new RewardComposer();
        Assert.True(composer.NeedsJudge(Chose(Choice.Second), PreferenceLabel.Second));
        Assert.False(composer.NeedsJudge(Chose(Choice.Second), PreferenceLabel.First));
        Assert.False(composer.NeedsJudge(Chose(Choice.Second), PreferenceLabel.Tie));
        Assert.False(new RewardComposer(new R1CompositionOptions { ConsistencyWeight = 0 }).NeedsJudge(Chose(Choice.First), PreferenceLabel.First));
    }

    [Fact]
    public void A_choice_outside_answer_tags_earns_nothing()
    {
        var found = new Judgment("response 1", Choice.First, JudgmentStatus.Fallback, WellFormed: false);
        var breakdown = new RewardComposer().Compose(found, PreferenceLabel.First, ConsistencyVerdict.NotAsked);
        Assert.Equal(0, breakdown.Total);
        Assert.Contains("result: no choice in answer tags", breakdown.Reasons);
    }

    [Fact]
    public void A_missing_verdict_keeps_its_state_and_its_reason()
    {
        var breakdown = new RewardComposer().Compose(Chose(Choice.First), PreferenceLabel.First, ConsistencyVerdict.Undecided, "connection refused");
        Assert.Equal(ConsistencyVerdict.Undecided, breakdown.Verdict);
        Assert.Equal(0, breakdown.Consistency);
        Assert.Equal("judge: connection refused", Assert.Single(breakdown.Reasons));
    }

    [Fact]
    public void A_full_reward_has_no_reasons() =>
        Assert.Empty(new RewardComposer().Compose(Chose(Choice.First), PreferenceLabel.First, ConsistencyVerdict.Consistent).Reasons);

    private static Judgment Chose(Choice choice, bool formatted = true) => new("an analysis", choice, JudgmentStatus.Tagged, formatted);
}
