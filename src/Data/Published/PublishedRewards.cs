using R1Reward.Data.Judging;
using R1Reward.Data.Text;

namespace R1Reward.Data.Published;

/// <summary>
/// The reward pairs (response 1, response 2) that the published evaluators make of a reply, for comparison
/// with published numbers. The first three turn every failure into a vote for response 2; <see cref="JudgmentParser"/>
/// does not.
/// </summary>
public static class PublishedRewards
{
    /// <summary>VL-RewardBench: tag, else the last 1 or 2 anywhere; anything but 1 is (0, 1).</summary>
    public static (double First, double Second) Vl(string reply) => FirstUnlessNotOne(reply, FallbackRule.LastDigit);

    /// <summary>Multimodal RewardBench: the same rule as <see cref="Vl"/>.</summary>
    public static (double First, double Second) Multimodal(string reply) => Vl(reply);

    /// <summary>
    /// MM-RLHF-RewardBench: tag, else the last 1 or 2 of the first line that has one; anything but 1 is (0, 1).
    /// </summary>
    public static (double First, double Second) MmRlhf(string reply) => FirstUnlessNotOne(reply, FallbackRule.MmRlhf);

    /// <summary>The README: tag in any case, fallback as <see cref="MmRlhf"/>; neither 1 nor 2 is (0.5, 0.5).</summary>
    public static (double First, double Second) Readme(string reply)
    {
        var number = JudgmentParser.TaggedAnswer(reply, StringComparison.OrdinalIgnoreCase) is { } answer
            ? PythonText.ToInt(answer)
            : JudgmentParser.FallbackDigit(reply, FallbackRule.MmRlhf);
        return number switch { 1 => (1, 0), 2 => (0, 1), _ => (0.5, 0.5) };
    }

    private static (double First, double Second) FirstUnlessNotOne(string reply, FallbackRule fallback)
    {
        var number = JudgmentParser.TaggedAnswer(reply) is { } answer
            ? PythonText.ToFloat(answer)
            : JudgmentParser.FallbackDigit(reply, fallback);
        return number == 1 ? (1, 0) : (0, 1);
    }
}
