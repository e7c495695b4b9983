using System.Globalization;
using System.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Reads the escapes of a string literal as Python does; an unknown escape stands for itself.</summary>
internal static class StringLiteral
{
    private const string Simple = "\\'\"abfnrtv";
    private const string Meanings = "\\'\"\a\b\f\n\r\t\v";

    /// <summary>What stands between the quotes, with escapes replaced.</summary>
    public static string Read(string body)
    {
        if (!body.Contains('\\'))
        {
            return body;
        }

        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\' || i + 1 == body.Length)
            {
                text.Append(body[i]);
                continue;
            }

            i++;
            if (Simple.IndexOf(body[i]) is >= 0 and var known)
            {
                text.Append(Meanings[known]);
            }
            else if (Digits(body[i]) is > 0 and var digits && i + digits < body.Length
                && int.TryParse(body.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) && point is >= 0 and <= 0x10FFFF)
            {
                text.Append(point <= char.MaxValue ? ((char)point).ToString() : char.ConvertFromUtf32(point));
                i += digits;
            }
            else if (body[i] != '\n')
            {
                text.Append('\\').Append(body[i]);
            }
        }

        return text.ToString();
    }

    private static int Digits(char escape) => escape switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
}
