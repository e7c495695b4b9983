using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// Takes away what a reasoning model says before its reply, where the server leaves it in the text.
/// </summary>
/// <remarks>
/// The reply begins after the last closing tag that ends its line, as reasoning models write it: a judge may quote the
/// tags of a trace while it thinks, and what the consistency judge is shown of a trace holds no line break.
/// </remarks>
public static partial class Thinking
{
    /// <summary>
    /// The reply after the thinking, all of the text where there is none; null where thinking begins and has no end.
    /// </summary>
    /// <example><c>&lt;think&gt;a&lt;/think&gt;</c>, two line breaks and 1 gives 1.</example>
    public static string? After(string text)
    {
        var closing = Closing().Matches(text);
        if (closing.Count > 0)
        {
            var last = closing[^1];
            return text[(last.Index + last.Length)..];
        }

        return Opening().IsMatch(text) ? null : text;
    }

    [GeneratedRegex(@"</(?:think|thinking|thought|reasoning|seed:think)>[ \t\r]*\n", RegexOptions.CultureInvariant)]
    private static partial Regex Closing();

    [GeneratedRegex(@"\A\s*<(?:think|thinking|thought|reasoning|seed:think)>", RegexOptions.CultureInvariant)]
    private static partial Regex Opening();
}
