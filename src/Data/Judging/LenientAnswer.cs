using System.Text.RegularExpressions;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Judging;

/// <summary>Reads answers that are unambiguous without having the published form.</summary>
internal static partial class LenientAnswer
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;
    private const string ThinkOpen = "<think>";
    private const string ThinkClose = "</think>";

    /// <summary>The choice of a reply, and whether it stands in answer tags; no choice where it is ambiguous.</summary>
    internal static (Choice? Choice, bool Tagged) Read(string reply)
    {
        var said = AfterThinking(reply);
        var answers = Tagged().Matches(said);
        if (answers.Count == 0)
        {
            return (ChoiceOf(said), false);
        }

        var choices = answers.Select(answer => ChoiceOf(answer.Groups[1].Value)).Distinct().ToArray();
        return (choices.Length == 1 ? choices[0] : null, true);
    }

    /// <summary>Where the answer begins that <see cref="Read"/> reads; -1 where that is the whole reply.</summary>
    internal static int Start(string reply)
    {
        var thought = EndOfThinking(reply);
        var tag = Tagged().Match(reply, thought);
        return tag.Success ? tag.Index : thought > 0 ? thought : -1;
    }

    /// <summary>What follows the reasoning; nothing where the reasoning never ends.</summary>
    private static string AfterThinking(string reply)
    {
        var said = reply[EndOfThinking(reply)..];
        return said.Contains(ThinkOpen, AnyCase) ? "" : said;
    }

    private static int EndOfThinking(string reply)
    {
        var close = reply.LastIndexOf(ThinkClose, AnyCase);
        return close < 0 ? 0 : close + ThinkClose.Length;
    }

    private static Choice? ChoiceOf(string text) =>
        Unambiguous().Match(text) is { Success: true } match ? (Choice)(match.Groups[1].Value[0] - '0') : null;

    [GeneratedRegex("<answer>(.*?)</answer>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Tagged();

    // One number with marks of emphasis, quotes or brackets around it, and the words that name it before.
    [GeneratedRegex(
        @"^[\s*_`""'(\[{$]*"
        + @"(?:(?:the\s+)?(?:final\s+)?(?:answer|response|option|choice)\s*(?:is)?[\s*_`""'(\[{:#$]*){0,2}"
        + @"(?:\\boxed\{)?([12])[\s*_`""')\]}$]*(?:is\s+better)?[\s*_`""')\]}$.!]*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unambiguous();
}
