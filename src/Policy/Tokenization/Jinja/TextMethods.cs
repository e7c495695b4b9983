using System.Text;
using System.Text.RegularExpressions;
using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The methods of strings, as Python has them.</summary>
internal static partial class TextMethods
{
    private static readonly Dictionary<string, Func<MarkedText, Arguments, object?>> _methods = new()
    {
        ["strip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars")),
        ["lstrip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars"), end: false),
        ["rstrip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars"), start: false),
        ["startswith"] = (text, arguments) => AnyOf(arguments, prefix => text.Value.StartsWith(prefix, StringComparison.Ordinal)),
        ["endswith"] = (text, arguments) => AnyOf(arguments, suffix => text.Value.EndsWith(suffix, StringComparison.Ordinal)),
        ["split"] = (text, arguments) => new JinjaList([.. arguments.Get(0, "sep") is MarkedText separator
            ? Split(text, separator.Value, arguments.Whole(1, "maxsplit", -1))
            : Words(text, arguments.Whole(1, "maxsplit", -1))]),
        ["splitlines"] = (text, _) => new JinjaList([.. Lines(text)]),
        ["replace"] = (text, arguments) => Replace(text, arguments.Text(0, "old"), arguments.Text(1, "new"), arguments.Whole(2, "count", -1)),
        ["join"] = (text, arguments) => Join(text, Operators.Iterate(arguments.Require(0, "iterable")).Select(item =>
            item as MarkedText ?? throw new JinjaException($"join needs strings, not {Operators.TypeName(item)}"))),
        ["removeprefix"] = (text, arguments) => arguments.Text(0, "prefix").Value is var prefix && text.Value.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
        ["removesuffix"] = (text, arguments) => arguments.Text(0, "suffix").Value is var suffix && text.Value.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
        ["upper"] = (text, _) => Upper(text),
        ["lower"] = (text, _) => Lower(text),
        ["capitalize"] = (text, _) => Capitalize(text),
        ["title"] = (text, _) => MarkedText.Derived(Letters().Replace(text.Value, word => Capitalized(word.Value)), text.IsMarked),
        ["find"] = (text, arguments) => text.Value.IndexOf(arguments.Text(0, "sub").Value, StringComparison.Ordinal) is >= 0 and var at ? text[..at].Characters().LongCount() : -1L,
        ["count"] = (text, arguments) => arguments.Text(0, "sub") is { Value.Length: > 0 } part ? Split(text, part.Value, -1).LongCount() - 1 : text.Characters().LongCount() + 1,
        ["isdigit"] = (text, _) => text.Value.Length > 0 && text.Value.EnumerateRunes().All(Rune.IsDigit),
    };

    /// <summary>A method bound to a text; null if there is none of this name.</summary>
    public static JinjaFunction? Find(MarkedText text, string name) =>
        _methods.TryGetValue(name, out var method) ? arguments => method(text, arguments) : null;

    /// <summary>Without the given characters at its ends; without white space if none are given.</summary>
    public static MarkedText Strip(MarkedText text, object? characters, bool start = true, bool end = true)
    {
        var set = (characters as MarkedText)?.Value.EnumerateRunes().ToHashSet();
        bool Goes(Rune rune) => set is null ? rune.IsBmp && PythonText.IsBlank((char)rune.Value) : set.Contains(rune);
        var (first, last) = (0, text.Value.Length);
        while (start && first < last && Rune.DecodeFromUtf16(text.Value.AsSpan(first, last - first), out var rune, out var length) == default && Goes(rune))
        {
            first += length;
        }

        while (end && first < last && Rune.DecodeLastFromUtf16(text.Value.AsSpan(first, last - first), out var rune, out var length) == default && Goes(rune))
        {
            last -= length;
        }

        return text[first..last];
    }

    /// <summary>
    /// With every occurrence of a text replaced, from the left, at most <paramref name="most"/> times; negative: all.
    /// </summary>
    public static MarkedText Replace(MarkedText text, MarkedText old, MarkedText replacement, long most) => old.Value.Length > 0
        ? Join(replacement, Split(text, old.Value, most))
        : throw new JinjaException("replace needs a text to look for");

    /// <summary>The texts with a separator between them.</summary>
    public static MarkedText Join(MarkedText separator, IEnumerable<MarkedText> parts) =>
        MarkedText.Concat(parts.SelectMany((part, i) => i == 0 ? [part] : new[] { separator, part }));

    /// <summary>In capital letters.</summary>
    public static MarkedText Upper(MarkedText text) => MarkedText.Derived(text.Value.ToUpperInvariant(), text.IsMarked);

    /// <summary>In small letters.</summary>
    public static MarkedText Lower(MarkedText text) => MarkedText.Derived(text.Value.ToLowerInvariant(), text.IsMarked);

    /// <summary>The first letter a capital, the others small.</summary>
    public static MarkedText Capitalize(MarkedText text) => MarkedText.Derived(Capitalized(text.Value), text.IsMarked);

    /// <summary>
    /// The first letter of each word a capital, the others small; words end at white space, hyphens and opening
    /// brackets.
    /// </summary>
    public static MarkedText TitleWords(MarkedText text) => MarkedText.Derived(WordParts().Replace(text.Value, word => Capitalized(word.Value)), text.IsMarked);

    /// <summary>The lines without their ends.</summary>
    public static IEnumerable<MarkedText> Lines(MarkedText text)
    {
        var at = 0;
        foreach (Match end in LineEnds().Matches(text.Value))
        {
            yield return text[at..end.Index];
            at = end.Index + end.Length;
        }

        if (at < text.Value.Length)
        {
            yield return text[at..];
        }
    }

    private static string Capitalized(string word) => word.Length == 0 ? word : word[..1].ToUpperInvariant() + word[1..].ToLowerInvariant();

    private static IEnumerable<MarkedText> Split(MarkedText text, string separator, long most)
    {
        if (separator.Length == 0)
        {
            throw new JinjaException("an empty text cannot separate");
        }

        var at = 0;
        for (var next = Find(0); next >= 0 && most != 0; next = Find(at), most--)
        {
            yield return text[at..next];
            at = next + separator.Length;
        }

        yield return text[at..];

        int Find(int from) => text.Value.IndexOf(separator, from, StringComparison.Ordinal);
    }

    private static IEnumerable<MarkedText> Words(MarkedText text, long most)
    {
        var at = 0;
        while (true)
        {
            while (at < text.Value.Length && PythonText.IsBlank(text.Value[at]))
            {
                at++;
            }

            if (at == text.Value.Length)
            {
                yield break;
            }

            var start = at;
            while (at < text.Value.Length && (most == 0 || !PythonText.IsBlank(text.Value[at])))
            {
                at++;
            }

            yield return text[start..at];
            most--;
        }
    }

    private static object AnyOf(Arguments arguments, Func<string, bool> holds) => arguments.Require(0, "prefix") switch
    {
        MarkedText text => holds(text.Value),
        JinjaList { IsTuple: true } all => all.Items.OfType<MarkedText>().Any(text => holds(text.Value)),
        var other => throw new JinjaException($"a string or a tuple of strings is needed, not {Operators.TypeName(other)}"),
    };

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"[^-\s({\[<]+")]
    private static partial Regex WordParts();

    [GeneratedRegex("\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]")]
    private static partial Regex LineEnds();
}
