using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Tests.Terms.Judged.Consistency;

public sealed class VerdictReadingTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData(" output: 0\n", 0)]
    [InlineData("1.", 1)]
    [InlineData("**0**", 0)]
    [InlineData("**Output:** 1", 1)]
    [InlineData("**Output: 1**", 1)]
    [InlineData("Final answer: \\boxed{0}", 0)]
    [InlineData("[[1]]", 1)]
    [InlineData("```\n1\n```", 1)]
    [InlineData("```json\n{\"output\": 1}\n```", 1)]
    [InlineData("{\"verdict\": \"0\"}", 0)]
    [InlineData("1 (both mean response 1)", 1)]
    [InlineData("1\n\nBoth texts name response 2, so they agree.", 1)]
    [InlineData("**0**\nThe analysis favours response 1, the answer response 2.", 0)]
    [InlineData("<think>\nIt ends with response 1. So 0? No.\n</think>\n\n1", 1)]
    [InlineData("It ends with response 1.\n</think>\n\n0", 0)]
    [InlineData("<think>the text has </think>\n1 in it, but they differ</think>\n\n**0**", 0)]
    [InlineData("<thinking>a</thinking>\nOutput: 1", 1)]
    public void A_sure_verdict_is_read_whatever_stands_around_it(string reply, int verdict) => Assert.Equal(
        verdict == 1 ? ConsistencyVerdict.Consistent : ConsistencyVerdict.Inconsistent,
        ConsistencyPrompt.ParseReply(reply));

    [Theory]
    [InlineData("")]
    [InlineData("I think 1")]
    [InlineData("10")]
    [InlineData("1 or 0")]
    [InlineData("1. The analysis names response 1")]
    [InlineData("1.\nThe analysis names response 1")]
    [InlineData("1\n0")]
    [InlineData("0\n\nWait, they agree: 1")]
    [InlineData("1 (if they agree, else 0)")]
    [InlineData("Answer: 1")]
    [InlineData("<answer>1</answer>")]
    [InlineData("{\"analysis\": 1}")]
    [InlineData("The analysis says:\noutput: 1")]
    [InlineData("<think>it is 1")]
    [InlineData("<think>a;</think>1")]
    [InlineData("<think>a</think>\n")]
    public void Whatever_leaves_a_doubt_is_no_verdict(string reply) => Assert.Null(ConsistencyPrompt.ParseReply(reply));

    [Fact]
    public void What_follows_thinking_is_not_read_where_the_limit_cut_it_off()
    {
        Assert.Null(ConsistencyPrompt.ParseReply("<think>a</think>\n1", cutOff: true));
        Assert.NotNull(ConsistencyPrompt.ParseReply("1", cutOff: true));
    }

    [Fact]
    public void The_published_reading_is_as_published() => Assert.Equal(
        ConsistencyVerdict.Inconsistent, ConsistencyPrompt.ParseReply("<think>0</think>\n1", ReplyReading.Reference));
}
