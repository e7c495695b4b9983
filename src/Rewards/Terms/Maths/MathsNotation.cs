using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Terms.Maths;

/// <summary>
/// Brings an answer in LaTeX or plain text into one plain notation, so that equal answers look alike where they can.
/// </summary>
internal static partial class MathsNotation
{
    private static readonly (string From, string To)[] Words =
    [
        ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\left", ""), ("\\right", ""),
        ("\\cdot", "*"), ("\\times", "*"), ("\\div", "/"), ("\\pi", "pi"), ("\\infty", "inf"),
        ("^\\circ", ""), ("^{\\circ}", ""), ("\\degree", ""), ("\u00b0", ""),
        ("\\%", ""), ("%", ""), ("\\$", ""), ("$", ""), ("\\(", ""), ("\\)", ""),
        ("\\!", ""), ("\\,", ""), ("\\;", ""), ("\\ ", ""), ("~", ""), ("\u2212", "-"), ("\u00d7", "*"),
    ];

    /// <summary>The plain form: lower case, no blanks, fractions as <c>a/b</c>, roots as <c>sqrt(a)</c>.</summary>
    public static string Plain(string answer)
    {
        var text = answer;
        foreach (var (from, to) in Words)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        // A unit after the number says nothing about its value; an answer that is all text keeps it.
        var without = TextBlock().Replace(text, "");
        text = without.Trim().Length > 0 ? without : TextBlock().Replace(text, "$1");
        text = Blank().Replace(text, "").ToLowerInvariant();
        text = Thousands().Replace(text, "");
        for (var before = ""; before != text;)
        {
            before = text;
            text = Fraction().Replace(text, Divided);
            text = Power().Replace(Root().Replace(text, "sqrt($1)"), "^($1)");
        }

        text = text.Replace('{', '(').Replace('}', ')').TrimEnd('.');
        return Assignment().Replace(text, "");
    }

    // Numerator and denominator stand in braces or are one digit each, so that one group of either pair is empty.
    private static string Divided(Match match)
    {
        var numerator = match.Groups[1].Value + match.Groups[2].Value;
        var denominator = match.Groups[3].Value + match.Groups[4].Value;
        return $"{Grouped(numerator)}/{Grouped(denominator)}";
    }

    private static string Grouped(string part) => part.All(char.IsAsciiDigit) ? part : $"({part})";

    [GeneratedRegex(@"\\(?:text|mbox|mathrm|mathbf|textbf)\{([^{}]*)\}")]
    private static partial Regex TextBlock();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")]
    private static partial Regex Thousands();

    [GeneratedRegex(@"\\frac(?:\{([^{}]+)\}|([0-9]))(?:\{([^{}]+)\}|([0-9]))")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"\^\{([^{}]+)\}")]
    private static partial Regex Power();

    [GeneratedRegex(@"\\sqrt\{([^{}]+)\}")]
    private static partial Regex Root();

    [GeneratedRegex(@"\A[a-z]=")]
    private static partial Regex Assignment();
}
