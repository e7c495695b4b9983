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
                var untrusted = Write(value, written, 0);
                return MarkedText.Derived(written.ToString(), untrusted);
        }
    }

    /// <summary>
    /// The shortest digits that read back as the same number, with exponents from 16 digits on and below 0.0001.
    /// </summary>
    public static string Print(double number)
    {
        if (!double.IsFinite(number))
        {
            return number switch
            {
                double.PositiveInfinity => "inf",
                double.NegativeInfinity => "-inf",
                _ => "nan",
            };
        }

        var sign = double.IsNegative(number) ? "-" : "";
        if (number == 0)
        {
            return sign + "0.0";
        }

        // .NET finds the same shortest digits, but begins to write exponents elsewhere.
        var shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var (whole, fraction) = shortest[0].Split('.') is [var left, var right] ? (left, right) : (shortest[0], "");
        var power = shortest.Length > 1 ? int.Parse(shortest[1], CultureInfo.InvariantCulture) : 0;
        var digits = (whole + fraction).TrimStart('0');
        var exponent = power + whole.Length - 1 - (whole.Length + fraction.Length - digits.Length);
        digits = digits.TrimEnd('0');
        if (exponent is < -4 or >= 16)
        {
            var decimals = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{decimals}e{exponent:+00;-00}");
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        digits = digits.PadRight(exponent + 2, '0');
        return sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    // The result is whether anything written was untrusted.
    private static bool Write(object? value, StringBuilder into, int depth)
    {
        Nesting.Guard(depth);
        Effort.Spend(value is MarkedText counted ? counted.Value.Length + 1 : 1);
        switch (value)
        {
            case MarkedText text:
                WriteQuoted(text.Value, into);
                return text.IsMarked;
            case JinjaList list:
                var marked = WriteAll(list.IsTuple ? "(" : "[", list.Items, into, item => Write(item, into, depth + 1));
                into.Append((list.IsTuple, list.Items.Count) switch
                {
                    (true, 1) => ",)",
                    (true, _) => ")",
                    _ => "]",
                });
                return marked;
            case JinjaMapping mapping:
                marked = WriteAll("{", mapping.Entries, into, WriteEntry);
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

        bool WriteEntry(KeyValuePair<object, object?> entry)
        {
            var isKeyUntrusted = Write(entry.Key, into, depth + 1);
            into.Append(": ");
            return Write(entry.Value, into, depth + 1) || isKeyUntrusted;
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
        UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
