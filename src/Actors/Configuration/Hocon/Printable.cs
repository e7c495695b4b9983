using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Text of a file as a message may show it: a file must not move the cursor or colour the terminal.</summary>
internal static class Printable
{
    private const int MaxLength = 400;

    /// <summary>Writes control characters as escapes, and cuts what is very long: a message is one line.</summary>
    public static string Escape(string text)
    {
        var cut = text.Length > MaxLength ? text[..MaxLength] + "..." : text;
        if (!cut.Any(IsHidden))
        {
            return cut;
        }

        var shown = new StringBuilder();
        foreach (var c in cut)
        {
            shown.Append(IsHidden(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString());
        }

        return shown.ToString();
    }

    private static bool IsHidden(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
