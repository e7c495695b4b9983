using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>
/// Reads a verdict where there can be no doubt of it: 1 or 0 as the whole reply, in the marks and labels that models
/// put around it, or as its first line before words that do not take it back. A reply that quotes the trace begins with
/// words and is no verdict.
/// </summary>
/// <example><c>**Output:** 1</c> is 1. A list that begins with <c>1. The analysis</c> is none.</example>
internal static partial class StrictVerdict
{
    private static readonly (string Open, string Close)[] Marks =
    [
        ("```", "```"), ("**", "**"), ("__", "__"), ("`", "`"), ("\"", "\""), ("'", "'"), (@"\boxed{", "}"), ("$", "$"),
        ("[", "]"),
    ];

    /// <summary>The verdict of a reply without its thinking; null where it holds none for sure.</summary>
    public static ConsistencyVerdict? Read(string reply)
    {
        var text = PythonText.Strip(reply);
        if (Digit(WithoutDot(Bare(text))) is { } whole)
        {
            return whole;
        }

        var words = Words().Match(text);
        return words.Success
            && Digit(Bare(words.Groups["verdict"].Value)) is { } first
            && !Contradicts(first, words.Groups["words"].Value)
                ? first
                : null;
    }

    private static ConsistencyVerdict? Digit(string text) => text switch
    {
        "1" => ConsistencyVerdict.Consistent,
        "0" => ConsistencyVerdict.Inconsistent,
        _ => null,
    };

    private static string WithoutDot(string text) => text.EndsWith('.') ? text[..^1] : text;

    /// <summary>The text without marks and labels around it.</summary>
    private static string Bare(string text)
    {
        var inner = PythonText.Strip(text);
        foreach (var (open, close) in Marks)
        {
            if (inner.Length > open.Length + close.Length
                && inner.StartsWith(open, StringComparison.Ordinal)
                && inner.EndsWith(close, StringComparison.Ordinal))
            {
                return Bare(inner[open.Length..^close.Length]);
            }
        }

        if (Label().Match(inner) is { Success: true } label)
        {
            return Bare(inner[label.Length..]);
        }

        var field = JsonText.ParseObject(inner) is { Count: 1 } json ? json.Properties().Single() : null;
        return field?.Value is JValue { Value: not null } value && Label().IsMatch(field.Name + ":")
            ? value.ToString()
            : inner;
    }

    // The other digit by itself, other than as the name of a response, may be a second thought.
    private static bool Contradicts(ConsistencyVerdict verdict, string words)
    {
        var other = verdict == ConsistencyVerdict.Consistent ? "0" : "1";
        return LoneDigit().Matches(Named().Replace(words, "")).Any(digit => digit.Value == other);
    }

    [GeneratedRegex(
        @"\A(?:text|plaintext|json)?\s*(?:#+\s*)?(?:\*\*)?(?:output|verdict|result|decision|final\s+answer)" +
        @"\s*(?:\*\*)?\s*:\s*(?:\*\*)?\s*|\A(?:text|plaintext|json)\s*\n",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(
        @"\A(?<verdict>[^\n]+?)[ \t\r]*(?:\n(?<words>.*)|\((?<words>[^()\n]*)\)\.?)\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"\bresponses?\s*#?[12]\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<![\w.])[01](?![\w]|\.\d)", RegexOptions.CultureInvariant)]
    private static partial Regex LoneDigit();
}
