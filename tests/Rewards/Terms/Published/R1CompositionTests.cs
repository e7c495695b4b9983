using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Tests.Terms.Published;

public sealed class R1CompositionTests
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
    public void Totals_are_those_of_the_paper_and_of_the_published_code(
        R1Form form, bool right, bool formatted, ConsistencyVerdict verdict, double total)
    {
        var judgment = new Judgment("an analysis", Choice.First, JudgmentStatus.Tagged, formatted);
        var label = right ? PreferenceLabel.First : PreferenceLabel.Second;
        Assert.Equal(total, R1Composition.Total(new R1CompositionOptions { Form = form }, judgment, label, verdict));
    }
}
