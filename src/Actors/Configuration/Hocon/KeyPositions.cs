namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>
/// Finds the line on which each key of a HOCON text stands. Akka.NET's parser keeps no lines, and an error message
/// without one sends its reader searching.
/// </summary>
/// <remarks>
/// A scanner, not a parser: it follows braces, brackets, strings and comments, and takes dotted keys apart.
/// </remarks>
public sealed class KeyPositions
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>Finds the keys of a text.</summary>
    public KeyPositions(string text)
    {
        var path = new Stack<string>();
        var opened = new Stack<bool>();
        var key = new System.Text.StringBuilder();
        var line = 1;
        var brackets = 0;
        var inValue = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
                if (brackets == 0)
                {
                    inValue = false;
                    key.Clear();
                }
            }
            else if (c == '#' || (c == '/' && i + 1 < text.Length && text[i + 1] == '/'))
            {
                while (i + 1 < text.Length && text[i + 1] != '\n')
                {
                    i++;
                }
            }
            else if (c == '"')
            {
                var end = EndOfString(text, i);
                if (!inValue)
                {
                    key.Append(text.AsSpan(i + 1, Math.Max(0, end - i - 1)));
                }

                line += text.AsSpan(i, end - i).Count('\n');
                i = end;
            }
            else if (c == '[')
            {
                brackets++;
            }
            else if (c == ']')
            {
                brackets--;
            }
            else if (brackets > 0)
            {
                continue;
            }
            else if (c == '{')
            {
                var name = key.ToString().Trim();
                opened.Push(name.Length > 0);
                if (name.Length > 0)
                {
                    path.Push(name);
                    Note(path, line);
                }

                key.Clear();
                inValue = false;
            }
            else if (c == '}')
            {
                if (opened.TryPop(out var named) && named)
                {
                    path.Pop();
                }

                key.Clear();
                inValue = false;
            }
            else if (c is '=' or ':' && !inValue)
            {
                path.Push(key.ToString().Trim());
                Note(path, line);
                path.Pop();

                // `key = { ... }` opens a block: the name is kept until we know.
                var next = i + 1;
                while (next < text.Length && text[next] is ' ' or '\t')
                {
                    next++;
                }

                inValue = next >= text.Length || text[next] != '{';
            }
            else if (c == ',')
            {
                inValue = false;
                key.Clear();
            }
            else if (!inValue)
            {
                key.Append(c);
            }
        }
    }

    /// <summary>
    /// The line, from 1, on which the key was last set; that of the nearest enclosing block when the key itself is not
    /// there; null when neither is.
    /// </summary>
    public int? LineOf(string path)
    {
        for (var part = path; part.Length > 0; part = part.LastIndexOf('.') is var dot and > 0 ? part[..dot] : "")
        {
            if (_lines.TryGetValue(part, out var line))
            {
                return line;
            }
        }

        return null;
    }

    private static int EndOfString(string text, int start)
    {
        if (text.AsSpan(start).StartsWith("\"\"\""))
        {
            var close = text.IndexOf("\"\"\"", start + 3, StringComparison.Ordinal);
            return close < 0 ? text.Length - 1 : close + 2;
        }

        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] is '"' or '\n')
            {
                return text[i] == '"' ? i : i - 1;
            }
        }

        return text.Length - 1;
    }

    private void Note(Stack<string> path, int line) => _lines[string.Join('.', path.Reverse())] = line;
}
