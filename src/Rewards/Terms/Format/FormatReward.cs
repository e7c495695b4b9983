using System.Text.RegularExpressions;
using R1Reward.Data.Judging;

namespace R1Reward.Rewards.Terms.Format;

/// <summary>
/// F of the R1 composition: 1 for <c>&lt;think&gt;...&lt;/think&gt;&lt;answer&gt;...&lt;/answer&gt;</c> and nothing
/// else, 0 otherwise (the strict form; the rule itself is <see cref="JudgmentParser.IsWellFormed"/>). The other forms
/// are those of LightRFT's recipes.
/// </summary>
public static partial class FormatReward
{
    /// <summary>1.0 where the reply was well formed by the strict form, else 0.0.</summary>
    public static double Score(Judgment judgment) => judgment.WellFormed ? 1.0 : 0.0;

    /// <summary>1.0 where the reply is well formed by a form, else 0.0.</summary>
    public static double Score(string reply, FormatMode mode = FormatMode.Strict) => Holds(reply, mode) ? 1.0 : 0.0;

    private static bool Holds(string reply, FormatMode mode) => mode switch
    {
        FormatMode.Strict => JudgmentParser.IsWellFormed(reply),
        FormatMode.Loose => EndOfBlock(reply, "<think>", "</think>") is { } think
            && StartOfBlock(reply, "<answer>", "</answer>") is { } answer
            && think <= answer,
        FormatMode.Boxed => BoxedShape().IsMatch(reply),
        FormatMode.Answer => StartOfBlock(reply, "<answer>", "</answer>") is not null
            && reply.EndsWith("</answer>", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    private static int? StartOfBlock(string text, string open, string close) =>
        EndOfBlock(text, open, close) is null ? null : text.IndexOf(open, StringComparison.Ordinal);

    /// <summary>Where the first block has closed; null where there is none that closes.</summary>
    private static int? EndOfBlock(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(close, start + open.Length, StringComparison.Ordinal);
        return end < 0 ? null : end + close.Length;
    }

    // Linear in the length of the reply: a sampled text must not be able to stall the scoring.
    [GeneratedRegex(
        @"\A<think>.*</think>.*\\boxed\{.*\}",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex BoxedShape();
}
