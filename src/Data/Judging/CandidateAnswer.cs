using System.Text.RegularExpressions;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Judging;

/// <summary>
/// Judgments whose answer is a sentence about the candidates, as LightRFT's sets have them: <c>Image 1 is better</c>,
/// <c>Both videos are equally good</c> (decision D15).
/// </summary>
internal static partial class CandidateAnswer
{
    /// <summary>
    /// The judgment with a number in its answer tags, and what it prefers. A tie has no judgment to imitate, since the
    /// answer is always one of two.
    /// </summary>
    /// <param name="reply">The judgment as the set has it; null where it has none.</param>
    /// <example>
    /// <c>&lt;answer&gt;Image 2 is better&lt;/answer&gt;</c> becomes <c>&lt;answer&gt;2&lt;/answer&gt;</c>.
    /// </example>
    public static (string? Judgment, PreferenceLabel? Label) Read(string? reply)
    {
        if (reply is null || Equal().IsMatch(reply))
        {
            return (null, reply is null ? null : PreferenceLabel.Tie);
        }

        var judgment = Better().Replace(reply, "${open}${number}${close}");
        return JudgmentParser.Parse(judgment).Choice switch
        {
            Choice.First => (judgment, PreferenceLabel.First),
            Choice.Second => (judgment, PreferenceLabel.Second),
            _ => (null, null),
        };
    }

    private const string End = @"\s*\.?\s*(?<close></answer>)";

    [GeneratedRegex(
        @"(?<open><answer>)\s*(?:Image|Video|Audio|Response)\s+(?<number>[12])\s+is\s+better" + End,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Better();

    [GeneratedRegex(
        @"<answer>\s*Both\s+(?:\w+\s+)?are\s+equally\s+good" + End,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Equal();
}
