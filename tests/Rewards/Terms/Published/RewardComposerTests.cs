using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Tests.Terms.Published;

public sealed class RewardComposerTests
{
    [Theory]
    [InlineData(AnswerReading.Strict, 0)]
    [InlineData(AnswerReading.Lenient, 1)]
    public void What_is_read_is_what_earns(AnswerReading reading, double result)
    {
        var breakdown = Compose(JudgmentParser.Parse("Response 1", reading), ConsistencyVerdict.NotAsked);
        Assert.Equal(result, breakdown.Result);
        Assert.Equal(
            result == 0, breakdown.Reasons.Contains("result: unreadable, the reply names no response"));
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
        TermScore[] terms = [new("a", 0.5, 2, null), new("b", null, 0, "away")];

        var breakdown = Compose(Chose(Choice.First), ConsistencyVerdict.NotAsked, null, terms);

        Assert.Equal(1.0, breakdown.Total);
        Assert.Equal("b: away", Assert.Single(breakdown.Reasons));
    }

    [Theory]
    [InlineData(UndecidedTerms.LeaveOut, 0.5, null, null)]
    [InlineData(UndecidedTerms.WithoutTerm, 0.5, null, 1.0)]
    [InlineData(UndecidedTerms.WithoutTerm, null, null, null)]
    [InlineData(UndecidedTerms.LeaveOut, 0.5, 0.25, 1.25)]
    public void A_sum_with_an_undecided_term_is_no_number_unless_it_goes_without(
        UndecidedTerms rule, double? first, double? second, double? total)
    {
        TermScore[] terms = [new("a", first, 2, null), new("b", second, 1, null)];

        var breakdown = new RewardComposer(undecided: rule).Compose(
            Chose(Choice.First), PreferenceLabel.First, ConsistencyVerdict.NotAsked, null, terms);

        Assert.Equal(total, breakdown.Total);
        Assert.Equal(total, breakdown.WithTerms(terms.Reverse()).Total);
    }

    private static RewardBreakdown Compose(
        Judgment judgment, ConsistencyVerdict verdict, string? judgeReason = null, params TermScore[] terms) =>
        new RewardComposer().Compose(judgment, PreferenceLabel.First, verdict, judgeReason, terms);

    private static Judgment Chose(Choice choice) => new("an analysis", choice, JudgmentStatus.Tagged, WellFormed: true);
}
