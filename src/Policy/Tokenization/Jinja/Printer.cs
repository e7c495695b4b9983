using System.Globalization;
using System.Numerics;
using System.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Writes values as Python prints them.</summary>
internal static class Printer
{
    /// <summary>The value as text: a text is itself, undefined is nothing.</summary>
    public static MarkedText Print(object? value)
    {
        switch (value)
        {
            case MarkedText text:
                return text;
            case Undefined:
                return MarkedText.Empty;
            default:
                var written = new StringBuilder();
                var untrusted = Write(value, written);
                return MarkedText.Derived(written.ToString(), untrusted);
        }
    }

    /// <summary>The shortest digits that read back as the same number, with exponents from 16 digits on and below 0.0001.</summary>
    public static string Print(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        var parts = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        var shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var digits = shortest.Split('E')[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        digits = digits.Length == 0 ? "0" : digits;
        var exponent = number == 0 ? 0 : int.Parse(parts[(parts.IndexOf('E') + 1)..], CultureInfo.InvariantCulture);
        var sign = double.IsNegative(number) ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            var power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{power}";
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        var whole = digits.PadRight(exponent + 1, '0');
        return sign + whole[..(exponent + 1)] + "." + (whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0");
    }

    // Whether anything written was untrusted.
    private static bool Write(object? value, StringBuilder into)
    {
        switch (value)
        {
            case MarkedText text:
                WriteQuoted(text.Value, into);
                return text.IsMarked;
            case JinjaList list:
                var marked = WriteAll(list.IsTuple ? "(" : "[", list.Items, into, item => Write(item, into));
                into.Append(list.IsTuple ? list.Items.Count == 1 ? ",)" : ")" : "]");
                return marked;
            case JinjaMapping mapping:
                marked = WriteAll("{", mapping.Entries, into, entry => Write(entry.Key, into) | Write(entry.Value, into.Append(": ")));
                into.Append('}');
                return marked;
            default:
                into.Append(value switch
                {
                    null => "None",
                    bool flag => flag ? "True" : "False",
                    long or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
                    double number => Print(number),
                    _ => Operators.TypeName(value),
                });
                return false;
        }
    }

    private static bool WriteAll<T>(string opening, IEnumerable<T> items, StringBuilder into, Func<T, bool> write)
    {
        var untrusted = false;
        into.Append(opening);
        var first = true;
        foreach (var item in items)
        {
            into.Append(first ? "" : ", ");
            untrusted |= write(item);
            first = false;
        }

        return untrusted;
    }

    private static void WriteQuoted(string text, StringBuilder into)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        into.Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            into.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var point when point == quote => "\\" + quote,
                ' ' => " ",
                var point when IsPrintable(rune) => rune.ToString(),
                <= 0xFF and var point => $"\\x{point:x2}",
                <= 0xFFFF and var point => $"\\u{point:x4}",
                var point => $"\\U{point:x8}",
            });
        }

        into.Append(quote);
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
