using System.Text.RegularExpressions;
using R1Reward.Data.Judging;

namespace R1Reward.Rewards.Terms.Format;

/// <summary>
/// F of the R1 composition: 1 for <c>&lt;think&gt;...&lt;/think&gt;&lt;answer&gt;...&lt;/answer&gt;</c> and nothing else, 0 otherwise
/// (the strict form; the rule itself is <see cref="JudgmentParser.IsWellFormed"/>). The other forms are those of LightRFT's recipes.
/// </summary>
public static partial class FormatReward
{
    /// <summary>1.0 where the reply was well formed, else 0.0.</summary>
    public static double Score(Judgment judgment) => judgment.WellFormed ? 1.0 : 0.0;

    /// <summary>1.0 where the reply is well formed, else 0.0.</summary>
    public static double Score(string reply, FormatMode mode = FormatMode.Strict) => Holds(reply, mode) ? 1.0 : 0.0;

    private static bool Holds(string reply, FormatMode mode) => mode switch
    {
        FormatMode.Strict => JudgmentParser.IsWellFormed(reply),
        FormatMode.Loose => EndOf(reply, 0, "<think>", "</think>") is { } think && StartOf(reply, "<answer>", "</answer>") is { } answer && think <= answer,
        FormatMode.Boxed => BoxedShape().IsMatch(reply),
        FormatMode.Answer => StartOf(reply, "<answer>", "</answer>") is not null && reply.EndsWith("</answer>", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    /// <summary>Where the first block opens; null where none closes.</summary>
    private static int? StartOf(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.Ordinal);
        return start >= 0 && text.IndexOf(close, start + open.Length, StringComparison.Ordinal) >= 0 ? start : null;
    }

    private static int? EndOf(string text, int from, string open, string close)
    {
        var start = text.IndexOf(open, from, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(close, start + open.Length, StringComparison.Ordinal);
        return end < 0 ? null : end + close.Length;
    }

    // Linear in the length of the reply: a sampled text must not be able to stall the scoring.
    [GeneratedRegex(@"\A<think>.*</think>.*\\boxed\{.*\}", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex BoxedShape();
}
