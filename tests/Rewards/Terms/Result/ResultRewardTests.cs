using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Tests.Terms.Result;

public sealed class ResultRewardTests
{

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
    public void Integers_written_otherwise_are_still_that_integer(string reply) =>
        Assert.Equal(1, ResultReward.Score(reply, ["<answer>1</answer>"]));

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
}
