using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Rewards.Result;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Result;

public sealed class ResultRewardTests
{
    [FixtureFact]
    public void Plain_replies_earn_what_the_published_verifier_pays()
    {
        var plain = FixtureCase.Load("r1_verifier").Each("rows").Where(row => (bool)row["plain"]!).ToArray();
        Assert.NotEmpty(plain);
        Assert.All(plain, row => Assert.Equal((double)row["reward"]!, Score(row)));
    }

    /// <summary>
    /// Where comparing integers pays other than the published maths verifier. All are replies that do not hold just the
    /// digit, and in all of them the published verifier pays and this one does not:
    /// numbers written otherwise (1.0, 1., 1e0, 1.00000001, 2/2, 1,0, 1_0, 100%, 1%), an invisible character beside the
    /// digit, mark-up (\boxed{1}, $1$, (1), **1**), words around the digit (The answer is 1, Answer: 1, Response 1, 1 is better, The
    /// best option is 2), and whole replies without answer tags from which the verifier picks a digit.
    /// </summary>
    [FixtureFact]
    public void Differences_from_the_published_verifier_are_only_stricter()
    {
        var rows = FixtureCase.Load("r1_verifier").Each("rows").Where(row => !(bool)row["plain"]!).ToArray();
        var different = rows.Where(row => (double)row["reward"]! != Score(row)).ToArray();
        Assert.All(different, row => Assert.Equal((1.0, 0.0), ((double)row["reward"]!, Score(row))));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.")]
    [InlineData("1e0")]
    [InlineData("2/2")]
    [InlineData("1,0")]
    [InlineData("1_0")]
    [InlineData("100%")]
    [InlineData("1%")]
    [InlineData("\\boxed{1}")]
    [InlineData("$1$")]
    [InlineData("(1)")]
    [InlineData("**1**")]
    [InlineData("1\u200b")]
    [InlineData("The answer is 1")]
    [InlineData("Answer: 1")]
    [InlineData("Response 1")]
    [InlineData("1 is better")]
    public void What_the_maths_verifier_accepts_beyond_the_digit_earns_nothing_here(string answer) =>
        Assert.Equal(0, ResultReward.Score($"<think>a</think><answer>{answer}</answer>", ["<answer>1</answer>"]));

    [Theory]
    [InlineData("<answer>+1</answer>")]
    [InlineData("<answer>01</answer>")]
    [InlineData("<answer>\uff11</answer>")]
    [InlineData("<answer>\u0661</answer>")]
    [InlineData("<answer>\n1 </answer>")]
    [InlineData("1")]
    public void Integers_written_otherwise_are_still_that_integer(string reply) => Assert.Equal(1, ResultReward.Score(reply, ["<answer>1</answer>"]));

    [Fact]
    public void No_accepted_answers_pay_nothing() => Assert.Equal(0, ResultReward.Score("<answer>1</answer>", []));

    [Fact]
    public void The_first_answer_counts() =>
        Assert.Equal(0, ResultReward.Score("<answer>2</answer><answer>1</answer>", ["<answer>1</answer>"]));

    [Theory]
    [InlineData(PreferenceLabel.First, 1)]
    [InlineData(PreferenceLabel.Second, 0)]
    [InlineData(PreferenceLabel.Tie, 0)]
    public void A_choice_is_compared_with_the_label(PreferenceLabel label, double score) =>
        Assert.Equal(score, ResultReward.Score(new Judgment("", Choice.First, JudgmentStatus.Tagged, true), label));

    private static double Score(Newtonsoft.Json.Linq.JToken row) =>
        ResultReward.Score((string)row["text"]!, [.. row["gold"]!.Select(gold => (string)gold!)]);
}
