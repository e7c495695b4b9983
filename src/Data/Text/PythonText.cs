using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace R1Reward.Data.Text;

/// <summary>
/// The text rules that published evaluators inherit from Python, so that replies are read as they read them.
/// </summary>
public static partial class PythonText
{
    /// <summary>White space as <c>strip</c> sees it: Unicode white space and U+001C..U+001F.</summary>
    public static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>The text without white space at both ends.</summary>
    public static string Strip(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>
    /// Reads a whole number as <c>int</c> does: one sign, digits of any script, single underscores between digits. Null
    /// for anything else and beyond 18 digits.
    /// </summary>
    public static long? ToInt(string text) => Parse<long>(text, Whole(), NumberStyles.AllowLeadingSign);

    /// <summary>Reads a finite number as <c>float</c> does; null for anything else.</summary>
    public static double? ToFloat(string text) =>
        Parse<double>(text, Real(), NumberStyles.Float) is { } value && double.IsFinite(value) ? value : null;

    private static T? Parse<T>(string text, Regex form, NumberStyles style)
        where T : struct, INumberBase<T>
    {
        var plain = Plain(text);
        var digits = plain.Replace("_", "", StringComparison.Ordinal);
        return form.IsMatch(plain) && T.TryParse(digits, style, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
    }

    /// <summary>Stripped, with the decimal digits of every script as ASCII digits.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in Strip(text).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber)
            {
                plain.Append((int)Rune.GetNumericValue(rune));
            }
            else
            {
                plain.Append(rune);
            }
        }

        return plain.ToString();
    }

    [GeneratedRegex(@"\A[+-]?[0-9]+(_[0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(
        @"\A[+-]?(([0-9]+(_[0-9]+)*)(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Real();
}
