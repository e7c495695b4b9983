using System.Globalization;
using System.Text;
using R1Reward.Data;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Reads a HOCON text character by character and knows where it is.</summary>
/// <param name="text">The whole text.</param>
/// <param name="file">Its name for messages.</param>
internal sealed class HoconCursor(string text, string file)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <summary>The next character; NUL at the end.</summary>
    public char Next => _at < text.Length ? text[_at] : '\0';

    /// <summary>Whether every character of the text has been read.</summary>
    public bool AtEnd => _at >= text.Length;

    /// <summary>Where the next character stands.</summary>
    public HoconPlace Place => new(file, _line, _at - _lineStart + 1);

    /// <summary>Whether a comment begins here.</summary>
    public bool AtComment => Next == '#' || LooksAt("//");

    /// <summary>Refuses a text that holds a NUL, which no text has and which stands for its end here.</summary>
    /// <exception cref="UserErrorException">With the place of the first one.</exception>
    public void RefuseNul()
    {
        if (text.IndexOf('\0') is >= 0 and var nul)
        {
            var before = text.AsSpan(0, nul);
            throw Error(
                new HoconPlace(file, before.Count('\n') + 1, nul - before.LastIndexOf('\n')),
                "a NUL character stands here. Save the file as a text in UTF-8.");
        }
    }

    /// <summary>Whether the text goes on with <paramref name="expected"/>.</summary>
    public bool LooksAt(string expected) => string.CompareOrdinal(text, _at, expected, 0, expected.Length) == 0;

    /// <summary>The character that comes <paramref name="distance"/> after the next one; NUL beyond the end.</summary>
    public char Peek(int distance) => _at + distance < text.Length ? text[_at + distance] : '\0';

    /// <summary>Reads the next character and counts lines.</summary>
    public char Read()
    {
        var c = text[_at++];
        if (c == '\n')
        {
            _line++;
            _lineStart = _at;
        }

        return c;
    }

    /// <summary>Takes the next <paramref name="count"/> characters, none of which ends a line.</summary>
    public void Skip(int count) => _at += count;

    /// <summary>Passes over white space and comments within the line.</summary>
    /// <returns>The white space.</returns>
    public string SkipBlanks()
    {
        var start = _at;
        while (!AtEnd && Next != '\n' && IsBlank(Next))
        {
            _at++;
        }

        var blanks = text[start.._at];
        if (AtComment)
        {
            while (!AtEnd && Next != '\n')
            {
                _at++;
            }
        }

        return blanks;
    }

    /// <summary>Passes over white space, comments and line ends.</summary>
    /// <returns>Whether a line ended.</returns>
    public bool SkipLines()
    {
        var line = _line;
        while (true)
        {
            SkipBlanks();
            if (Next != '\n')
            {
                return _line > line;
            }

            Read();
        }
    }

    /// <summary>Takes characters as long as <paramref name="belongs"/> says so.</summary>
    public string ReadWhile(Func<char, bool> belongs)
    {
        var start = _at;
        while (!AtEnd && Next != '\n' && !AtComment && belongs(Next))
        {
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>Reads a text in quotes or in triple quotes.</summary>
    public string ReadQuoted()
    {
        var place = Place;
        return LooksAt("\"\"\"") ? ReadTripleQuoted(place) : ReadSingleQuoted(place);
    }

    /// <summary>A mistake of the user whose message begins with its place.</summary>
    public static UserErrorException Error(HoconPlace place, string message) =>
        new($"{place}: {Printable.Escape(message)}");

    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c == '\uFEFF';

    private string ReadTripleQuoted(HoconPlace place)
    {
        var close = text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Error(place, "the text that begins here with \"\"\" has no end. Close it with \"\"\".");
        }

        // As HOCON says: of a longer run of quotes the last three close, the others belong to the text.
        while (close + 3 < text.Length && text[close + 3] == '"')
        {
            close++;
        }

        var content = text[(_at + 3)..close];
        while (_at < close + 3)
        {
            Read();
        }

        return content;
    }

    private string ReadSingleQuoted(HoconPlace place)
    {
        var content = new StringBuilder();
        Skip(1);
        while (Next != '"')
        {
            if (AtEnd || Next == '\n')
            {
                throw Error(place, "the quote that begins here is not closed on its line. Close it, or use \"\"\".");
            }

            content.Append(Next == '\\' ? ReadEscape() : Read());
        }

        Skip(1);
        var read = content.ToString();
        return HasHalfPair(read)
            ? throw Error(place, "this text holds half of a surrogate pair. Write both \\uXXXX of the pair.")
            : read;
    }

    // Runes put a replacement character where a half has no other half.
    private static bool HasHalfPair(string text) =>
        text.Any(char.IsSurrogate) && string.Concat(text.EnumerateRunes()) != text;

    private char ReadEscape()
    {
        var place = Place;
        Skip(1);
        var c = AtEnd ? '\0' : Read();
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(
                text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                Skip(4);
                return (char)code;
            default:
                throw Error(
                    place, "this escape is unknown. Write \\\\ for a backslash; \\n, \\t, \\\" and \\uXXXX exist.");
        }
    }
}
