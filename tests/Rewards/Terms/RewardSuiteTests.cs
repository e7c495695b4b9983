using R1Reward.Data;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Tests.Terms;

public sealed class RewardSuiteTests
{
    [Fact]
    public async Task The_default_is_the_R1_composition()
    {
        var suite = Some.Suite([R1Term.Definition(R1Form.Paper, consistency: true)]);
        var terms = await suite.ScoreAsync(
            [
                Some.Input(verdict: ConsistencyVerdict.Consistent),
                Some.Input(verdict: ConsistencyVerdict.Inconsistent),
                Some.Input("1"),
            ]);
        Assert.Equal([2.0, 1.5, 0.0], terms.Select(TermScore.Total));
        Assert.Equal(RewardField.Label | RewardField.Verdict, suite.Required);
        Assert.Equal(RewardField.Label, Some.Suite([R1Term.Definition(R1Form.Paper, consistency: false)]).Required);
    }

    [Fact]
    public async Task A_total_is_the_weighted_sum_and_a_missing_value_counts_nowhere()
    {
        var suite = Some.Suite(
            [Some.Term("result", weight: 2), Some.Term("format", weight: 0.5), Some.Term("consistency")]);
        var terms = (await suite.ScoreAsync([Some.Input(verdict: ConsistencyVerdict.Undecided)]))[0];
        Assert.Equal([1.0, 1.0, null], terms.Select(term => term.Value));
        Assert.Equal(2.5, TermScore.Total(terms));
        Assert.Equal("judge: no verdict", terms[2].Reason);
    }

    [Fact]
    public async Task Late_terms_and_the_others_are_asked_for_apart()
    {
        var suite = Some.Suite([Some.Term("result"), Some.Term("format", waitsForBatch: true)]);
        Assert.True(suite.HasLateTerms);
        Assert.Equal("result", Assert.Single((await suite.ScoreAsync([Some.Input()], late: false))[0]).Name);
        Assert.Equal("format", Assert.Single((await suite.ScoreAsync([Some.Input()], late: true))[0]).Name);
    }

    [Theory]
    [InlineData("result", "{}", "label")]
    [InlineData("maths", "{}", "reference")]
    [InlineData("recipe", "{}", "recipe")]
    [InlineData("quoted-text", "{}", "question")]
    [InlineData("ensemble", """{ "members": [ { "type": "format" }, { "type": "maths" } ] }""", "reference")]
    [InlineData("rank", """{ "of": { "type": "result", "answer": "text" } }""", "reference")]
    public void A_pair_that_lacks_what_a_term_reads_is_refused_before_the_run(string type, string options, string field)
    {
        var bare = Some.Pair with { Label = null, Question = "" };
        var error = Assert.Throws<UserErrorException>(() => Some.Suite([Some.Term(type, options)]).Check(bare));
        Assert.Contains(
            $"pair p: the reward term {type} ({type}) reads \"{field}\"", error.Message, StringComparison.Ordinal);
        Some.Suite([Some.Term(type, options)]).Check(Some.Pair with { Reference = "27", Recipe = "general" });
    }
}
