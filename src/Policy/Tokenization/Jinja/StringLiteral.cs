using System.Globalization;
using System.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Reads the escapes of a string literal as Python does; an unknown escape stands for itself.</summary>
internal static class StringLiteral
{
    private const string Simple = "\\'\"abfnrtv";
    private const string Meanings = "\\'\"\a\b\f\n\r\t\v";

    /// <summary>The text between the quotes of a literal, with its escapes replaced.</summary>
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
            else if (CodePoint(body, i) is { } point)
            {
                text.Append(point <= char.MaxValue ? ((char)point).ToString() : char.ConvertFromUtf32(point));
                i += Digits(body[i]);
            }
            else if (body[i] != '\n')
            {
                text.Append('\\').Append(body[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>The code point that a numeric escape names; null where there is none, or not enough digits.</summary>
    private static int? CodePoint(string body, int escape)
    {
        var digits = Digits(body[escape]);
        if (digits == 0 || escape + digits >= body.Length)
        {
            return null;
        }

        var written = body.AsSpan(escape + 1, digits);
        var isNumber = int.TryParse(
            written,
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var point);
        return isNumber && point is >= 0 and <= 0x10FFFF ? point : null;
    }

    /// <summary>How many hexadecimal digits follow an escape; 0 for one that is not numeric.</summary>
    private static int Digits(char escape) => escape switch
    {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
}
