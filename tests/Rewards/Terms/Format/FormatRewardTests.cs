using R1Reward.Rewards.Terms.Format;

namespace R1Reward.Rewards.Tests.Terms.Format;

public sealed class FormatRewardTests
{
    [Theory]
    [InlineData("<think>a</think><answer>1</answer>", 1)]
    [InlineData("<think>a</think>\n<answer>1</answer>", 0)]
    [InlineData("So: <think>a</think><answer>1</answer>", 0)]
    [InlineData(" \n<think>a</think><answer>1</answer>\t ", 1)]
    [InlineData("<think>two\nlines</think><answer>1</answer>", 1)]
    [InlineData("<think>a<think>b</think><answer>1</answer>", 0)]
    [InlineData("<think>a</think><answer>1</answer><answer>2</answer>", 0)]
    [InlineData("<think>a</think><answer>1</answer></answer>", 1)]
    public void Form_is_what_the_specification_says(string reply, double score) =>
        Assert.Equal(score, FormatReward.Score(reply));
}
