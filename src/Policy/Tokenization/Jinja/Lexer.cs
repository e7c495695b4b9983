using System.Text.RegularExpressions;
using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Cuts a template into tokens, with white space trimmed as chat templates are rendered: the first line break after a
/// statement or comment is dropped, so are spaces and tabs before one at the start of a line, and one line break at the
/// end of the template; <c>-</c> trims all white space on its side, <c>+</c> none.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private bool _startsLine = true;
    private int _line = 1;
    private int _counted;

    private Lexer(string source) => _source = source;

    /// <summary>The tokens of a template, the last one <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="JinjaException">A tag or comment has no end, or a character has no meaning.</exception>
    public static IReadOnlyList<Token> Tokenize(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        for (var tag = TagStart().Match(_source); tag.Success; tag = TagStart().Match(_source, _at))
        {
            AddData(tag.Index, tag);
            _at = tag.Index + tag.Length;
            if (tag.Value[1] == '#')
            {
                SkipComment();
            }
            else if (RawStart().Match(_source, tag.Index) is { Success: true } raw)
            {
                AddRaw(raw);
            }
            else
            {
                AddTag(tag, isOutput: tag.Value[1] == '{');
            }

            _startsLine = _source[_at - 1] == '\n';
        }

        AddData(_source.Length, null);
        Add(TokenKind.End, "", _source.Length);
    }

    // Adds the text before a tag, without the white space that the tag takes away.
    private void AddData(int end, Match? tag)
    {
        var start = _at;
        var text = _source[start..end];
        if (tag?.Value[^1] == '-')
        {
            text = TrimEnd(text);
        }
        else if (tag is not null && tag.Value[^1] != '+' && tag.Value[1] != '{')
        {
            var lineStart = text.LastIndexOf('\n') + 1;
            var isAlone = (lineStart > 0 || _startsLine) && text.AsSpan(lineStart).Trim(" \t").IsEmpty;
            text = isAlone ? text[..lineStart] : text;
        }

        if (text.Length > 0)
        {
            Add(TokenKind.Data, text, start);
        }
    }

    private void SkipComment()
    {
        var begin = _at;
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error(begin, "this comment has no end");
        }

        _at = end + 2;
        SkipAfterTag(end > begin ? _source[end - 1] : ' ');
    }

    private void AddRaw(Match start)
    {
        _at = start.Index + start.Length;
        _startsLine = _source[_at - 1] == '\n';
        var end = RawEnd().Match(_source, _at);
        if (!end.Success)
        {
            throw Error(start.Index, "raw has no endraw");
        }

        AddData(end.Index, TagStart().Match(_source, end.Index));
        _at = end.Index + end.Length;
        SkipAfterTag(_source[_at - 3]);
    }

    private void AddTag(Match tag, bool isOutput)
    {
        Add(isOutput ? TokenKind.OutputBegin : TokenKind.BlockBegin, "", tag.Index);
        var closing = isOutput ? OutputEnd() : BlockEnd();
        var open = 0;
        while (true)
        {
            // Within brackets `}}` closes two dictionaries.
            if (open == 0 && closing.Match(_source, _at) is { Success: true } end)
            {
                Add(isOutput ? TokenKind.OutputEnd : TokenKind.BlockEnd, "", _at);
                _at += end.Length;
                SkipAfterTag(end.Value[0] == '-' ? '-' : isOutput ? '+' : end.Value[0]);
                return;
            }

            var lexeme = Lexeme().Match(_source, _at);
            if (!lexeme.Success)
            {
                throw _at < _source.Length
                    ? Error(_at, $"'{_source[_at]}' has no meaning here")
                    : Error(tag.Index, "this tag has no end");
            }

            AddLexeme(lexeme);
            _at += lexeme.Length;
            open += lexeme.Value switch
            {
                "(" or "[" or "{" => 1,
                ")" or "]" or "}" => -1,
                _ => 0,
            };
        }
    }

    private void AddLexeme(Match lexeme)
    {
        if (lexeme.Groups["name"].Success)
        {
            Add(TokenKind.Name, lexeme.Value, lexeme.Index);
        }
        else if (lexeme.Groups["string"].Success)
        {
            Add(TokenKind.String, StringLiteral.Read(lexeme.Value[1..^1]), lexeme.Index);
        }
        else if (lexeme.Groups["number"].Success)
        {
            var kind = lexeme.Value.AsSpan().ContainsAny(".eE") ? TokenKind.Float : TokenKind.Integer;
            Add(kind, lexeme.Value.Replace("_", "", StringComparison.Ordinal), lexeme.Index);
        }
        else if (lexeme.Groups["operator"].Success)
        {
            Add(TokenKind.Operator, lexeme.Value, lexeme.Index);
        }
    }

    private void SkipAfterTag(char sign)
    {
        if (sign == '-')
        {
            while (_at < _source.Length && PythonText.IsBlank(_source[_at]))
            {
                _at++;
            }
        }
        else if (sign != '+' && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }
    }

    private static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && PythonText.IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    private void Add(TokenKind kind, string text, int at) => _tokens.Add(new Token(kind, text, LineOf(at)));

    private JinjaException Error(int at, string message) => new(LineOf(at), message);

    private int LineOf(int at)
    {
        if (at < _counted)
        {
            return _source.AsSpan(0, at).Count('\n') + 1;
        }

        _line += _source.AsSpan(_counted, at - _counted).Count('\n');
        _counted = at;
        return _line;
    }

    [GeneratedRegex(@"\{[{%#][-+]?")]
    private static partial Regex TagStart();

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(-%\}\s*|%\})")]
    private static partial Regex RawStart();

    [GeneratedRegex(@"\{%[-+]?\s*endraw\s*[-+]?%\}")]
    private static partial Regex RawEnd();

    [GeneratedRegex(@"\G-?\}\}")]
    private static partial Regex OutputEnd();

    [GeneratedRegex(@"\G[-+]?%\}")]
    private static partial Regex BlockEnd();

    [GeneratedRegex(
        @"\G(?:\s+|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<string>'(?:[^'\\]|\\.)*'|""(?:[^""\\]|\\.)*"")"
        + @"|(?<number>[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][-+]?[0-9]+)?)"
        + @"|(?<operator>//|\*\*|[=!<>]=|[-+*/%~()\[\]{}<>=.:|,]))",
        RegexOptions.Singleline)]
    private static partial Regex Lexeme();
}
