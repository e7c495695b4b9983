using System.Globalization;
using System.Numerics;
using System.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Writes values as Python's <c>json.dumps</c> does for chat templates: keys in order, a space after comma and colon,
/// escapes for quotes, backslashes and characters below U+0020 only. JSON libraries escape more.
/// </summary>
internal sealed class JsonPrinter
{
    private readonly StringBuilder _written = new();
    private readonly long? _indent;
    private bool _untrusted;

    private JsonPrinter(long? indent) => _indent = indent;

    /// <summary>The value as JSON, untrusted if any text in it is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indent">Spaces per level, each entry on its own line; null: all on one line.</param>
    /// <exception cref="JinjaException">A value in it has no form in JSON.</exception>
    public static MarkedText Print(object? value, long? indent)
    {
        var printer = new JsonPrinter(indent);
        printer.Write(value, 0);
        return MarkedText.Derived(printer._written.ToString(), printer._untrusted);
    }

    private static string Number(double number) => Printer.Print(number) switch
    {
        "nan" => "NaN",
        "inf" => "Infinity",
        "-inf" => "-Infinity",
        var finite => finite,
    };

    private void Write(object? value, int depth)
    {
        Nesting.Guard(depth);
        Effort.Spend(value is MarkedText counted ? counted.Value.Length + 1 : 1);
        switch (value)
        {
            case MarkedText text:
                WriteText(text);
                break;
            case JinjaList list:
                WriteAll('[', ']', list.Items, depth, item => Write(item, depth + 1));
                break;
            case JinjaMapping mapping:
                WriteAll('{', '}', mapping.Entries, depth, entry =>
                {
                    WriteText(entry.Key as MarkedText ?? Printer.Print(entry.Key));
                    _written.Append(": ");
                    Write(entry.Value, depth + 1);
                });
                break;
            default:
                _written.Append(value switch
                {
                    null => "null",
                    bool flag => flag ? "true" : "false",
                    long or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
                    double number => Number(number),
                    _ => throw new JinjaException($"a value of type {Operators.TypeName(value)} has no form in JSON"),
                });
                break;
        }
    }

    private void WriteAll<T>(char opening, char closing, IEnumerable<T> items, int depth, Action<T> write)
    {
        _written.Append(opening);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                _written.Append(_indent is null ? ", " : ",");
            }

            BreakLine(depth + 1);
            write(item);
            first = false;
        }

        if (!first)
        {
            BreakLine(depth);
        }

        _written.Append(closing);
    }

    private void BreakLine(int depth)
    {
        if (_indent is { } spaces)
        {
            var width = Int128.Max(0, (Int128)spaces * depth);
            Effort.Spend(width);
            _written.Append('\n').Append(' ', (int)width);
        }
    }

    private void WriteText(MarkedText text)
    {
        _untrusted |= text.IsMarked;
        _written.Append('"');
        foreach (var c in text.Value)
        {
            _ = c switch
            {
                '"' => _written.Append("\\\""),
                '\\' => _written.Append("\\\\"),
                '\n' => _written.Append("\\n"),
                '\r' => _written.Append("\\r"),
                '\t' => _written.Append("\\t"),
                '\b' => _written.Append("\\b"),
                '\f' => _written.Append("\\f"),
                < ' ' => _written.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _written.Append(c),
            };
        }

        _written.Append('"');
    }
}
