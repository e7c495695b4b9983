using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Judging;

public sealed class JudgmentParserTests
{
    [Theory]
    [InlineData("<think>a</think><answer>1</answer>", true)]
    [InlineData("<think>a</think>\n<answer>1</answer>", false)]
    [InlineData("Well. <think>a</think><answer>1</answer>", false)]
    [InlineData("  <think>a</think><answer>1</answer>\n\n", true)]
    public void Format_is_strict_but_for_blanks_around_the_whole(string reply, bool wellFormed) =>
        Assert.Equal(wellFormed, JudgmentParser.IsWellFormed(reply));

    [Theory]
    [InlineData("<think>a</think><answer>2</answer>", Choice.Second, JudgmentStatus.Tagged, "a")]
    [InlineData("<think>a 1</think>\n<answer> 1\n</answer> 2", Choice.First, JudgmentStatus.Tagged, "a 1")]
    [InlineData("The answer is 2", Choice.Second, JudgmentStatus.Fallback, "The answer is 2")]
    [InlineData("<think>so 1 is best</think><answer>1", Choice.First, JudgmentStatus.Fallback, "so 1 is best")]
    [InlineData("<think>1 is best</think><answer>both</answer>", null, JudgmentStatus.Invalid, "1 is best")]
    [InlineData("<think>1 is best</think><answer>3</answer>", null, JudgmentStatus.Invalid, "1 is best")]
    [InlineData("neither", null, JudgmentStatus.Invalid, "neither")]
    [InlineData("", null, JudgmentStatus.Invalid, "")]
    public void A_choice_is_read_from_the_tags_else_by_fallback_else_not_at_all(
        string reply, Choice? choice, JudgmentStatus status, string analysis)
    {
        var judgment = JudgmentParser.Parse(reply);
        Assert.Equal((choice, status, analysis), (judgment.Choice, judgment.Status, judgment.Analysis));
    }

    [Fact]
    public void The_two_fallback_rules_differ_on_replies_of_several_lines()
    {
        const string reply = "Response 1 wins over 2\nfinal: 1";
        Assert.Equal(Choice.First, JudgmentParser.Parse(reply).Choice);
        Assert.Equal(Choice.Second, JudgmentParser.Parse(reply, FallbackRule.MmRlhf).Choice);
    }

    [Theory]
    [InlineData("<think>a</think><answer>2</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<think>a</think>\n<answer>**2**</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>2.</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>Response 2</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<Answer> 1 </ANSWER> That is all.", Choice.First, JudgmentStatus.Tagged)]
    [InlineData(@"<think>a</think><answer>\boxed{1}</answer>", Choice.First, JudgmentStatus.Tagged)]
    [InlineData("<answer>The answer is: **1**</answer>", Choice.First, JudgmentStatus.Tagged)]
    [InlineData("<answer>1</answer> and again <answer>1</answer>", Choice.First, JudgmentStatus.Tagged)]
    [InlineData("<think>a</think> **Response 2**", Choice.Second, JudgmentStatus.Fallback)]
    [InlineData("Final answer: 1", Choice.First, JudgmentStatus.Fallback)]
    [InlineData("<answer>1</answer><answer>2</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<answer>1 or 2</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<answer>12</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<answer>not 1</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<think>maybe <answer>1</answer></think>", null, JudgmentStatus.Invalid)]
    [InlineData("<think>maybe <answer>1</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<think>maybe <answer>1</answer></think><answer>2</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("there are 12 cats", null, JudgmentStatus.Invalid)]
    [InlineData("", null, JudgmentStatus.Invalid)]
    public void The_lenient_reading_takes_what_is_unambiguous_after_the_reasoning(
        string reply, Choice? choice, JudgmentStatus status)
    {
        var judgment = JudgmentParser.Parse(reply, answer: AnswerReading.Lenient);
        Assert.Equal((choice, status), (judgment.Choice, judgment.Status));
    }
}
