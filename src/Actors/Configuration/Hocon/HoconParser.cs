using R1Reward.Data;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Reads the fields of one HOCON text into a tree whose substitutions are still open.</summary>
/// <remarks>
/// Stricter than HOCON in places where a slip would go unnoticed: a key with a space in it, two objects beside each
/// other inside a list, an include of anything but a file and a value that refers to a whole that contains it are
/// refused by name.
/// </remarks>
/// <param name="cursor">The text.</param>
/// <param name="includes">Reads included files.</param>
internal sealed class HoconParser(HoconCursor cursor, HoconIncludes includes)
{
    private int _depth;

    /// <summary>Reads the whole text, with or without braces around it.</summary>
    /// <param name="root">Receives the fields.</param>
    /// <param name="at">Keys under which this text is included; none for the file itself.</param>
    /// <exception cref="UserErrorException">With file, line and column.</exception>
    public void ReadInto(ObjectNode root, IReadOnlyList<string> at)
    {
        cursor.RefuseNul();
        cursor.SkipLines();
        if (cursor.Next == '{')
        {
            ReadBlock(root, at);
            cursor.SkipLines();
        }
        else
        {
            ReadFields(root, at);
        }

        if (!cursor.AtEnd)
        {
            var what = cursor.Next == '}'
                ? "this brace closes nothing. Remove it."
                : "nothing may follow the closing brace.";
            throw HoconCursor.Error(cursor.Place, what);
        }
    }

    private void ReadBlock(ObjectNode block, IReadOnlyList<string> at)
    {
        var opened = cursor.Place;
        Descend(opened);
        cursor.Skip(1);
        ReadFields(block, at);
        if (cursor.Next != '}')
        {
            throw HoconCursor.Error(opened, "the block that begins here is not closed. Add a closing brace.");
        }

        cursor.Skip(1);
        _depth--;
    }

    // Ends before the closing brace or at the end of the text.
    private void ReadFields(ObjectNode block, IReadOnlyList<string> at)
    {
        cursor.SkipLines();
        while (!cursor.AtEnd && cursor.Next != '}')
        {
            if (IsInclude())
            {
                ReadInclude(block, at);
            }
            else
            {
                ReadField(block, at);
            }

            ReadSeparator('}');
        }
    }

    private bool IsInclude() => cursor.LooksAt("include") && cursor.Peek(7) is ' ' or '\t' or '"';

    private void ReadInclude(ObjectNode block, IReadOnlyList<string> at)
    {
        var place = cursor.Place;
        cursor.Skip("include".Length);
        cursor.SkipBlanks();
        var closing = 0;
        var required = false;
        foreach (var form in (string[])["required(", "file("])
        {
            if (cursor.LooksAt(form))
            {
                required |= form == "required(";
                closing++;
                cursor.Skip(form.Length);
                cursor.SkipBlanks();
            }
        }

        if (cursor.Next != '"')
        {
            throw HoconCursor.Error(
                cursor.Place, "an include names a file in quotes, for example include \"base.conf\".");
        }

        var file = cursor.ReadQuoted();
        for (; closing > 0; closing--)
        {
            cursor.SkipBlanks();
            if (cursor.Next != ')')
            {
                throw HoconCursor.Error(cursor.Place, "a closing parenthesis is missing here.");
            }

            cursor.Skip(1);
        }

        includes.ReadInto(block, at, file, place);
    }

    private void ReadField(ObjectNode block, IReadOnlyList<string> at)
    {
        var place = cursor.Place;
        var path = ReadPath();
        cursor.SkipBlanks();
        var appends = cursor.LooksAt("+=");
        if (appends)
        {
            cursor.Skip(2);
        }
        else if (cursor.Next is '=' or ':')
        {
            cursor.Skip(1);
        }
        else if (cursor.Next != '{')
        {
            var key = string.Join('.', path);
            throw HoconCursor.Error(place, $"the key {key} has no value. Write {key} = VALUE.");
        }

        cursor.SkipLines();
        string[] full = [.. at, .. path];
        if (full.Length > HoconLimits.Depth)
        {
            throw HoconCursor.Error(place, $"this key lies more than {HoconLimits.Depth} blocks deep.");
        }

        var value = ReadValue(full, inList: false);
        if (value is null)
        {
            var key = string.Join('.', path);
            throw HoconCursor.Error(
                place, $"the key {key} has no value after its sign. Write one, or \"\" for an empty text.");
        }

        HoconFields.Set(block, path, full, value, appends, place);
    }

    private List<string> ReadPath()
    {
        List<string> path = [];
        while (true)
        {
            var isQuoted = cursor.Next == '"';
            var part = isQuoted ? cursor.ReadQuoted() : cursor.ReadWhile(IsKey);
            if (part.Length == 0 && !isQuoted)
            {
                throw HoconCursor.Error(cursor.Place, Unexpected("where a key is expected"));
            }

            path.Add(part);
            if (cursor.Next != '.')
            {
                return path;
            }

            cursor.Skip(1);
        }
    }

    /// <summary>One value, or null where none is written.</summary>
    private HoconNode? ReadValue(IReadOnlyList<string> path, bool inList)
    {
        var place = cursor.Place;
        List<HoconNode> parts = [];
        var blanks = "";
        while (!cursor.AtEnd && !cursor.AtComment && cursor.Next is not ('\n' or ',' or '}' or ']'))
        {
            var part = ReadPart(path);
            if (inList && part is ObjectNode && parts.Count > 0)
            {
                throw HoconCursor.Error(part.Place, "two entries stand beside each other. Put a comma between them.");
            }

            if (blanks.Length > 0)
            {
                parts.Add(new TextNode(blanks, part.Place) { IsSeparator = true });
            }

            parts.Add(part);
            blanks = cursor.SkipBlanks();
        }

        return parts.Count == 0 ? null : HoconFields.Join(parts, place);
    }

    private HoconNode ReadPart(IReadOnlyList<string> path)
    {
        var place = cursor.Place;
        switch (cursor.Next)
        {
            case '{':
                var block = new ObjectNode(place);
                ReadBlock(block, path);
                return block;
            case '[':
                return ReadList(path);
            case '"':
                return new TextNode(cursor.ReadQuoted(), place);
            case '$' when cursor.Peek(1) == '{':
                return ReadReference(path);
            default:
                var text = cursor.ReadWhile(IsUnquoted);
                return text.Length > 0
                    ? new TextNode(text, place) { IsNull = text == "null" }
                    : throw HoconCursor.Error(
                        place, Unexpected("in a text without quotes") + " Put the text in quotes.");
        }
    }

    private ListNode ReadList(IReadOnlyList<string> path)
    {
        var opened = cursor.Place;
        Descend(opened);
        cursor.Skip(1);
        List<HoconNode> items = [];
        cursor.SkipLines();
        while (!cursor.AtEnd && cursor.Next != ']')
        {
            items.Add(ReadValue(path, inList: true)
                ?? throw HoconCursor.Error(cursor.Place, Unexpected("where an entry of a list is expected")));
            ReadSeparator(']');
        }

        if (cursor.AtEnd)
        {
            throw HoconCursor.Error(opened, "the list that begins here is not closed. Add a closing bracket.");
        }

        cursor.Skip(1);
        _depth--;
        return new ListNode(items, opened);
    }

    private ReferenceNode ReadReference(IReadOnlyList<string> path)
    {
        var place = cursor.Place;
        cursor.Skip(2);
        var optional = cursor.Next == '?';
        if (optional)
        {
            cursor.Skip(1);
        }

        cursor.SkipBlanks();
        var target = ReadPath();
        cursor.SkipBlanks();
        if (cursor.Next != '}')
        {
            throw HoconCursor.Error(place, "the substitution that begins here is not closed. Write ${key} or ${?key}.");
        }

        cursor.Skip(1);
        return new ReferenceNode(target, optional, includes.At, place);
    }

    // After a field or an entry of a list: a comma, a line end, or the end of the block.
    private void ReadSeparator(char end)
    {
        var lineEnded = cursor.SkipLines();
        if (cursor.Next == ',')
        {
            cursor.Skip(1);
            cursor.SkipLines();
        }
        else if (!lineEnded && !cursor.AtEnd && cursor.Next != end)
        {
            throw HoconCursor.Error(cursor.Place, Unexpected("where a comma or a new line is expected"));
        }
    }

    private void Descend(HoconPlace place)
    {
        if (++_depth > HoconLimits.Depth)
        {
            throw HoconCursor.Error(place, $"blocks and lists lie more than {HoconLimits.Depth} deep.");
        }
    }

    private string Unexpected(string where) => cursor.AtEnd
        ? $"the text ends {where}."
        : $"'{(cursor.Next == '\n' ? "line end" : cursor.Next)}' stands {where}.";

    private static bool IsKey(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' or '/';

    private static bool IsUnquoted(char c) => !char.IsWhiteSpace(c) && !"$\"{}[]:=,#`^?!@*&\\".Contains(c);
}
