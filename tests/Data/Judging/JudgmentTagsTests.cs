using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Judging;

public sealed class JudgmentTagsTests
{
    private static readonly JudgmentTags Own = new("analysis", "verdict");

    [Theory]
    [InlineData("<analysis>B lies.</analysis><verdict>1</verdict>", true, 1, JudgmentStatus.Tagged)]
    [InlineData("<analysis>B lies.</analysis> <verdict>1</verdict>", false, 1, JudgmentStatus.Tagged)]
    [InlineData("<analysis>B lies.</analysis><verdict>both</verdict>", true, null, JudgmentStatus.Invalid)]
    [InlineData("<think>B lies.</think><answer>1</answer>", false, null, JudgmentStatus.Invalid)]
    [InlineData("<analysis>so</analysis><VERDICT>no</VERDICT>", false, null, JudgmentStatus.Invalid)]
    [InlineData("<analysis>a <answer>2</answer></analysis><verdict>1</verdict>", true, 1, JudgmentStatus.Tagged)]
    public void A_reply_in_tags_of_ones_own_is_read_as_one_in_the_published_ones_would_be(
        string reply, bool wellFormed, int? choice, JudgmentStatus status)
    {
        var judgment = JudgmentParser.Parse(Own.ToPublished(reply));

        Assert.Equal((wellFormed, (Choice?)choice, status), (judgment.WellFormed, judgment.Choice, judgment.Status));
    }

    [Fact]
    public void The_lenient_reading_takes_own_tags_of_any_case()
    {
        var reply = Own.ToPublished("<ANALYSIS>so</ANALYSIS><Verdict>**2**</Verdict>");

        Assert.Equal(Choice.Second, JudgmentParser.Parse(reply, answer: AnswerReading.Lenient).Choice);
    }

    [Fact]
    public void What_is_imitated_is_written_in_own_tags_and_read_back()
    {
        const string published = "<think>B lies.</think><answer>1</answer>";
        const string own = "<analysis>B lies.</analysis><verdict>1</verdict>";

        Assert.Equal(own, Own.FromPublished(published));
        Assert.Equal(own, Own.FromPublished(own));
        Assert.Equal(published, Own.ToPublished(own));
        Assert.Equal(published, JudgmentTags.Published.ToPublished(published));
    }

    [Fact]
    public void Tags_that_trade_their_meaning_are_kept_apart() => Assert.Equal(
        "<think>x</think><answer>1</answer>", new JudgmentTags("answer", "think").ToPublished(
            "<answer>x</answer><think>1</think>"));

    [Theory]
    [InlineData("nothing", "think", "answer")]
    [InlineData("Write <answer>1</answer> or <answer>2</answer>", "think", "answer")]
    [InlineData("First <analysis> and </analysis>, then <verdict>1</verdict>", "analysis", "verdict")]
    public void A_prompt_shows_the_tags_of_its_judgments(string passage, string analysis, string answer) =>
        Assert.Equal(new JudgmentTags(analysis, answer), JudgmentTags.ShownBy([passage, "<question>", "</question>"]));

    [Theory]
    [InlineData("<verdict>1</verdict>", "<verdict>")]
    [InlineData("<a></a><b></b><c></c>", "<a>, <b>, <c>")]
    public void One_tag_or_three_are_no_judgment(string passage, string named) => Assert.Contains(
        $"shows the tags {named}; a judgment is read from two",
        Assert.Throws<UserErrorException>(() => JudgmentTags.ShownBy([passage])).Message);
}
