using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Text;

/// <summary>
/// Reads values as Python writes them (<c>ast.literal_eval</c>): texts in either quotes, numbers, <c>True</c>,
/// <c>False</c>, <c>None</c>, lists, tuples and dictionaries with texts as keys. Tuples become lists.
/// </summary>
internal sealed class PythonLiteral
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private int _at;

    private PythonLiteral(string text) => _text = text;

    /// <summary>The value of a text; null where it is none.</summary>
    /// <example><c>('23',)</c> is a list with the text 23, <c>(23)</c> the number 23.</example>
    public static JToken? TryParse(string text)
    {
        try
        {
            var reader = new PythonLiteral(text);
            var value = reader.Value(0);
            return reader.Next() == '\0' ? value : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private JToken Value(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException();
        }

        switch (Next())
        {
            case '[':
                return Items(']', depth, out _);
            case '(':
                var items = Items(')', depth, out var isTuple);
                return isTuple ? items : items[0];
            case '{':
                return Entries(depth);
            case '\'' or '"':
                return Quoted();
            default:
                return Word();
        }
    }

    private JArray Items(char close, int depth, out bool isTuple)
    {
        var items = new JArray();
        var comma = true;
        _at++;
        while (!Take(close))
        {
            items.Add(comma ? Value(depth + 1) : throw new FormatException());
            comma = Take(',');
        }

        isTuple = comma || items.Count != 1;
        return items;
    }

    private JObject Entries(int depth)
    {
        var entries = new JObject();
        var comma = true;
        _at++;
        while (!Take('}'))
        {
            var key = comma && Next() is '\'' or '"' ? (string)Quoted()! : throw new FormatException();
            entries[key] = Take(':') ? Value(depth + 1) : throw new FormatException();
            comma = Take(',');
        }

        return entries;
    }

    private JValue Quoted()
    {
        var quote = _text[_at++];
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            text.Append(_text[_at] == '\\' ? Escaped() : _text[_at++]);
        }

        return _at++ < _text.Length ? new JValue(text.ToString()) : throw new FormatException();
    }

    private string Escaped()
    {
        var name = _at + 1 < _text.Length ? _text[_at + 1] : throw new FormatException();
        _at += 2;
        return name switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '\\' or '\'' or '"' => name.ToString(),
            'x' => Character(2),
            'u' => Character(4),
            _ => "\\" + name,
        };
    }

    private string Character(int digits)
    {
        var code = _at + digits <= _text.Length
            && int.TryParse(
                _text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var read)
            ? read
            : throw new FormatException();
        _at += digits;
        return ((char)code).ToString();
    }

    private JValue Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_' or '+' or '-'))
        {
            _at++;
        }

        var word = _text[start.._at];
        return word switch
        {
            "True" => new JValue(true),
            "False" => new JValue(false),
            "None" => JValue.CreateNull(),
            _ when PythonText.ToInt(word) is { } whole => new JValue(whole),
            _ when PythonText.ToFloat(word) is { } real => new JValue(real),
            _ => throw new FormatException(),
        };
    }

    private bool Take(char expected)
    {
        if (Next() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    // The next character that is no blank; NUL at the end.
    private char Next()
    {
        while (_at < _text.Length && PythonText.IsBlank(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : '\0';
    }
}
