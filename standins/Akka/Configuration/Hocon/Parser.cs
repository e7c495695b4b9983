using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads the subset of HOCON that Akka.NET 1.5 reads, with its oddities: includes only through the callback and quoted,
/// substitutions resolved inside the one text, no environment, no <c>+=</c>.
/// </summary>
public class Parser
{
    private const string NotInText = "$\"{}[]:=,#`^?!@*&\\";
    private const string NotInKey = NotInText + ".";

    private readonly List<HoconSubstitution> _substitutions = [];
    private readonly Func<string, HoconRoot> _include;
    private readonly string _text;
    private int _at;

    private Parser(string text, Func<string, HoconRoot> includeCallback)
    {
        _text = text;
        _include = includeCallback;
    }

    private enum Kind
    {
        End,
        Key,
        Include,
        Dot,
        Assign,
        ObjectStart,
        ObjectEnd,
        ArrayBracket
    }

    private bool AtEnd => _at >= _text.Length;
    private char Next => AtEnd ? '\0' : _text[_at];
    private bool AtComment => Next == '#' || StartsWith("//");
    private bool AtText => !AtEnd && !char.IsWhiteSpace(Next) && !AtComment && !NotInText.Contains(Next);
    private bool AtSpace => Next is ' ' or '\t';
    private bool AtValue => AtText || Next is '[' or '{' or '"' || StartsWith("${");

    public static HoconRoot Parse(string text, Func<string, HoconRoot> includeCallback) => new Parser(text, includeCallback).ParseText();

    private HoconRoot ParseText()
    {
        var root = new HoconValue();
        SkipSpaceAndComments();
        ParseObject(root, whole: true, "");
        var config = new Config(new HoconRoot(root));
        foreach (var substitution in _substitutions)
            substitution.ResolvedValue = config.GetValue(substitution.Path) ??
                throw new FormatException($"Unresolved substitution: {substitution.Path}");
        return new HoconRoot(root, _substitutions);
    }

    // whole: up to the closing brace; else the one key that follows a dot.
    private void ParseObject(HoconValue owner, bool whole, string path)
    {
        if (!owner.IsObject()) owner.NewValue(new HoconObject());
        var current = owner.GetObject();
        while (!AtEnd)
        {
            var (kind, text) = Pull();
            switch (kind)
            {
                case Kind.Include:
                    Include(owner, text, path);
                    break;
                case Kind.Key:
                    ParseKeyContent(current.GetOrCreateKey(text), path == "" ? text : path + "." + text);
                    if (!whole) return;
                    break;
                case Kind.ObjectEnd:
                    return;
            }
        }
    }

    private void Include(HoconValue owner, string name, string path)
    {
        var included = _include(name);
        foreach (var substitution in included.Substitutions)
        {
            substitution.Path = path + "." + substitution.Path;
            _substitutions.Add(substitution);
        }

        owner.GetObject().Merge(included.Value.GetObject());
    }

    private void ParseKeyContent(HoconValue value, string path)
    {
        while (!AtEnd)
        {
            switch (Pull().Kind)
            {
                case Kind.Dot:
                    ParseObject(value, whole: false, path);
                    return;
                case Kind.Assign:
                    if (!value.IsObject()) value.Clear();
                    ParseValue(value, path);
                    return;
                case Kind.ObjectStart:
                    ParseObject(value, whole: true, path);
                    return;
            }
        }
    }

    private void ParseValue(HoconValue owner, string path)
    {
        if (AtEnd) throw new FormatException("End of file reached while trying to read a value");
        SkipSpaceAndComments();
        while (AtValue)
        {
            if (Next == '{')
            {
                _at++;
                ParseObject(owner, whole: true, path);
            }
            else if (Next == '[')
            {
                _at++;
                owner.AppendValue(ParseArray(path));
            }
            else if (StartsWith("${"))
            {
                var substitution = PullSubstitution();
                _substitutions.Add(substitution);
                owner.AppendValue(substitution);
            }
            else
            {
                var text = StartsWith("\"\"\"") ? PullTripleQuoted() : Next == '"' ? PullQuoted() : PullText();
                if (owner.IsObject()) owner.Clear();
                owner.AppendValue(new HoconLiteral { Value = text });
            }

            // Space between two pieces of a concatenation counts; the getter trims the ends.
            var start = _at;
            while (AtSpace) _at++;
            if (_at > start) owner.AppendValue(new HoconLiteral { Value = _text[start.._at] });
        }

        if (Next == ',') _at++;
    }

    private HoconArray ParseArray(string path)
    {
        var array = new HoconArray();
        SkipSpaceAndComments();
        while (!AtEnd && Next != ']')
        {
            var before = _at;
            var value = new HoconValue();
            ParseValue(value, path);
            if (_at == before) throw Unknown();
            array.Add(value);
            SkipSpaceAndComments();
        }

        _at++;
        return array;
    }

    private (Kind Kind, string Text) Pull()
    {
        SkipSpaceAndComments();
        if (AtEnd) return (Kind.End, null);
        switch (Next)
        {
            case '.': _at++; return (Kind.Dot, null);
            case '{': _at++; return (Kind.ObjectStart, null);
            case '}': _at++; return (Kind.ObjectEnd, null);
            case '=' or ':': _at++; return (Kind.Assign, null);
            case '[' or ']': _at++; return (Kind.ArrayBracket, null);
            case '"': return (Kind.Key, PullQuoted());
        }

        if (TryPullInclude(out var name)) return (Kind.Include, name);
        if (NotInKey.Contains(Next)) throw Unknown();
        var start = _at;
        while (!AtEnd && !AtComment && !NotInKey.Contains(Next)) _at++;
        return (Kind.Key, _text[start.._at].Trim());
    }

    private bool TryPullInclude(out string name)
    {
        name = null;
        if (!StartsWith("include")) return false;
        var start = _at;
        _at += "include".Length;
        if (char.IsWhiteSpace(Next) || AtComment)
        {
            SkipSpaceAndComments();
            if (Next == '"')
            {
                name = PullQuoted();
                return true;
            }
        }

        _at = start;
        return false;
    }

    private HoconSubstitution PullSubstitution()
    {
        _at += 2;
        var start = _at;
        while (AtText) _at++;
        var path = _text[start.._at];
        _at++;
        return new HoconSubstitution(path);
    }

    private string PullText()
    {
        var start = _at;
        while (AtText) _at++;
        if (Next is '=' or ':')
            throw new ConfigurationException(
                "Could not parse an unquoted text value containing assignment character '=' or ':': enclose an object in curly brackets and a URI in double quotes.");
        return _text[start.._at];
    }

    private string PullTripleQuoted()
    {
        _at += 3;
        var end = _text.IndexOf("\"\"\"", _at, StringComparison.Ordinal);
        if (end < 0) end = _text.Length;
        var text = _text[_at..end];
        _at = end + 3;
        return text;
    }

    private string PullQuoted()
    {
        var text = new StringBuilder();
        _at++;
        while (!AtEnd && Next != '"') text.Append(Next == '\\' ? PullEscape() : _text[_at++]);
        _at++;
        return text.ToString();
    }

    private char PullEscape()
    {
        _at++;
        var escaped = Next;
        _at++;
        switch (escaped)
        {
            case '"' or '\\' or '/': return escaped;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u':
                var code = ushort.Parse(_text.AsSpan(_at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _at += 4;
                return (char)code;
            default: throw new FormatException($"Unknown escape code: {escaped}");
        }
    }

    private void SkipSpaceAndComments()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(Next)) _at++;
            else if (AtComment)
                while (!AtEnd && _text[_at++] != '\n') { }
            else return;
        }
    }

    private bool StartsWith(string pattern) => string.CompareOrdinal(_text, _at, pattern, 0, pattern.Length) == 0;

    private FormatException Unknown()
    {
        var start = _at == 0 ? 0 : _text.LastIndexOf('\n', _at - 1) + 1;
        var end = _text.IndexOf('\n', _at);
        return new FormatException($"Unknown token at position {_at}: \n{_text[start..(end < 0 ? _text.Length : end)]}");
    }
}
