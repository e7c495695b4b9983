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
    [InlineData("<answer>1</answer><answer>2</answer>", Choice.First, JudgmentStatus.Tagged, "")]
    [InlineData("<think>a <answer>1</answer></think>", Choice.First, JudgmentStatus.Tagged, "a <answer>1</answer>")]
    [InlineData("The answer is 2", null, JudgmentStatus.Invalid, "The answer is 2")]
    [InlineData("2", null, JudgmentStatus.Invalid, "2")]
    [InlineData("<think>so 1 is best</think><answer>1", null, JudgmentStatus.Invalid, "so 1 is best")]
    [InlineData("<think>1 is best</think><Answer>1</Answer>", null, JudgmentStatus.Invalid, "1 is best")]
    [InlineData("<think>1 is best</think><answer>both</answer>", null, JudgmentStatus.Invalid, "1 is best")]
    [InlineData("<think>1 is best</think><answer>3</answer>", null, JudgmentStatus.Invalid, "1 is best")]
    [InlineData("neither", null, JudgmentStatus.Invalid, "neither")]
    [InlineData("", null, JudgmentStatus.Invalid, "")]
    public void A_choice_stands_in_the_first_answer_tags_or_the_reply_is_unreadable(
        string reply, Choice? choice, JudgmentStatus status, string analysis)
    {
        var judgment = JudgmentParser.Parse(reply);
        Assert.Equal((choice, status, analysis), (judgment.Choice, judgment.Status, judgment.Analysis));
    }

    [Theory]
    [InlineData("The answer is 2", Choice.Second, JudgmentStatus.Fallback)]
    [InlineData("<think>so 1 is best</think><answer>1", Choice.First, JudgmentStatus.Fallback)]
    [InlineData("Response 1 wins over 2\nfinal: 1", Choice.First, JudgmentStatus.Fallback)]
    [InlineData("<think>1 is best</think><answer>both</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<answer>2</answer> 1", Choice.Second, JudgmentStatus.Tagged)]
    public void The_published_reading_takes_the_last_digit_of_a_reply_without_tags(
        string reply, Choice? choice, JudgmentStatus status)
    {
        var judgment = JudgmentParser.Parse(reply, AnswerReading.Published);
        Assert.Equal((choice, status), (judgment.Choice, judgment.Status));
    }

    [Theory]
    [InlineData("<answer>2</answer>", Choice.Second)]
    [InlineData("1", Choice.First)]
    [InlineData("Response 2", Choice.Second)]
    [InlineData("<answer>neither</answer>", null)]
    [InlineData("not 1", null)]
    public void Accepted_answers_of_a_data_file_may_do_without_tags(string answer, Choice? choice) =>
        Assert.Equal(choice, JudgmentParser.Accepted(answer));

    [Theory]
    [InlineData("<think>a <answer>1</answer> b</think><Answer>2</Answer>", "<think>a <answer>1</answer> b</think>")]
    [InlineData("<think>a</think> **Response 2**", "<think>a</think>")]
    [InlineData("Response 2", "Response 2")]
    public void The_lenient_reading_finds_the_analysis_before_the_answer_that_counts(string reply, string before) =>
        Assert.Equal(before, JudgmentParser.BeforeAnswer(reply, AnswerReading.Lenient));

    [Theory]
    [InlineData(PreferenceLabel.First, true)]
    [InlineData(PreferenceLabel.Second, false)]
    [InlineData(PreferenceLabel.Tie, false)]
    [InlineData(null, false)]
    public void Only_the_preferred_response_is_right(PreferenceLabel? label, bool right) =>
        Assert.Equal(right, JudgmentParser.Parse("<answer>1</answer>").IsRight(label));

    [Theory]
    [InlineData("<think>a</think><answer>2</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<think>a</think>\n<answer>**2**</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>2.</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>Response 2</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<Answer> 1 </ANSWER> That is all.", Choice.First, JudgmentStatus.Tagged)]
    [InlineData(@"<think>a</think><answer>\boxed{1}</answer>", Choice.First, JudgmentStatus.Tagged)]
    [InlineData("<answer>The answer is: **1**</answer>", Choice.First, JudgmentStatus.Tagged)]
    [InlineData("<answer>$2$</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>Response 2 is better.</answer>", Choice.Second, JudgmentStatus.Tagged)]
    [InlineData("<answer>2 is better than 1</answer>", null, JudgmentStatus.Invalid)]
    [InlineData("<think>a</think><think>b</think><answer>1</answer><answer>2</answer>", null, JudgmentStatus.Invalid)]
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
        var judgment = JudgmentParser.Parse(reply, AnswerReading.Lenient);
        Assert.Equal((choice, status), (judgment.Choice, judgment.Status));
    }
}
