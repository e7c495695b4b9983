using System.Text;
using System.Text.RegularExpressions;
using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The methods of strings that templates call, as Python has them.</summary>
internal static partial class TextMethods
{
    private static readonly Dictionary<string, Func<MarkedText, Arguments, object?>> _methods = new()
    {
        ["strip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars")),
        ["lstrip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars"), end: false),
        ["rstrip"] = (text, arguments) => Strip(text, arguments.Get(0, "chars"), start: false),
        ["startswith"] = (text, arguments) => AnyOf(arguments, prefix => StartsWith(text, prefix)),
        ["endswith"] = (text, arguments) => AnyOf(arguments, suffix => EndsWith(text, suffix)),
        ["split"] = Split,
        ["splitlines"] = (text, _) => new JinjaList([.. Lines(text)]),
        ["replace"] = (text, arguments) =>
            Replace(text, arguments.Text(0, "old"), arguments.Text(1, "new"), arguments.Whole(2, "count", -1)),
        ["join"] = (text, arguments) =>
            Join(text, Operators.Iterate(arguments.Require(0, "iterable")).Select(JoinedText)),
        ["removeprefix"] = (text, arguments) =>
            arguments.Text(0, "prefix").Value is var prefix && StartsWith(text, prefix) ? text[prefix.Length..] : text,
        ["removesuffix"] = (text, arguments) =>
            arguments.Text(0, "suffix").Value is var suffix && EndsWith(text, suffix) ? text[..^suffix.Length] : text,
        ["upper"] = (text, _) => Upper(text),
        ["lower"] = (text, _) => Lower(text),
        ["capitalize"] = (text, _) => Capitalize(text),
        ["title"] = (text, _) => CapitalizeEach(Letters(), text),
        ["find"] = Find,
        ["count"] = Count,
        ["isdigit"] = (text, _) => text.Value.Length > 0 && text.Value.EnumerateRunes().All(Rune.IsDigit),
    };

    /// <summary>A method bound to a text; null if there is none of this name.</summary>
    public static JinjaFunction? Find(MarkedText text, string name) =>
        _methods.TryGetValue(name, out var method) ? arguments => method(text, arguments) : null;

    /// <summary>The text without the given characters at its ends; without white space if none are given.</summary>
    public static MarkedText Strip(MarkedText text, object? characters, bool start = true, bool end = true)
    {
        var set = (characters as MarkedText)?.Value.EnumerateRunes().ToHashSet();
        var first = 0;
        var last = text.Value.Length;
        while (start && first < last
            && Rune.DecodeFromUtf16(text.Value.AsSpan(first, last - first), out var rune, out var length) == default
            && IsStripped(rune))
        {
            first += length;
        }

        while (end && first < last
            && Rune.DecodeLastFromUtf16(text.Value.AsSpan(first, last - first), out var rune, out var length) == default
            && IsStripped(rune))
        {
            last -= length;
        }

        return text[first..last];

        bool IsStripped(Rune rune) =>
            set is null ? rune.IsBmp && PythonText.IsBlank((char)rune.Value) : set.Contains(rune);
    }

    /// <summary>
    /// The text with every occurrence of another replaced, from the left, at most <paramref name="max"/> times;
    /// negative: all.
    /// </summary>
    public static MarkedText Replace(MarkedText text, MarkedText old, MarkedText replacement, long max) =>
        old.Value.Length > 0
            ? Join(replacement, Split(text, old.Value, max))
            : throw new JinjaException("replace needs a text to look for");

    /// <summary>The texts with a separator between them.</summary>
    public static MarkedText Join(MarkedText separator, IEnumerable<MarkedText> parts) =>
        MarkedText.Concat(parts.SelectMany((part, i) => i == 0 ? [part] : new[] { separator, part }));

    /// <summary>The text in capital letters.</summary>
    public static MarkedText Upper(MarkedText text) => MarkedText.Derived(text.Value.ToUpperInvariant(), text.IsMarked);

    /// <summary>The text in small letters.</summary>
    public static MarkedText Lower(MarkedText text) => MarkedText.Derived(text.Value.ToLowerInvariant(), text.IsMarked);

    /// <summary>The first letter a capital, the others small.</summary>
    public static MarkedText Capitalize(MarkedText text) => MarkedText.Derived(Capitalized(text.Value), text.IsMarked);

    /// <summary>
    /// The first letter of each word a capital, the others small; words end at white space, hyphens and opening
    /// brackets.
    /// </summary>
    public static MarkedText TitleWords(MarkedText text) => CapitalizeEach(WordParts(), text);

    /// <summary>The lines of a text without their line ends.</summary>
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

    private static string Capitalized(string word) =>
        word.Length == 0 ? word : word[..1].ToUpperInvariant() + word[1..].ToLowerInvariant();

    private static MarkedText CapitalizeEach(Regex words, MarkedText text) =>
        MarkedText.Derived(words.Replace(text.Value, word => Capitalized(word.Value)), text.IsMarked);

    private static bool StartsWith(MarkedText text, string prefix) =>
        text.Value.StartsWith(prefix, StringComparison.Ordinal);

    private static bool EndsWith(MarkedText text, string suffix) =>
        text.Value.EndsWith(suffix, StringComparison.Ordinal);

    private static MarkedText JoinedText(object? item) =>
        item as MarkedText ?? throw new JinjaException($"join needs strings, not {Operators.TypeName(item)}");

    // In code points, as Python counts.
    private static object Find(MarkedText text, Arguments arguments)
    {
        var at = text.Value.IndexOf(arguments.Text(0, "sub").Value, StringComparison.Ordinal);
        return at >= 0 ? text[..at].Characters().LongCount() : -1L;
    }

    private static object Count(MarkedText text, Arguments arguments)
    {
        var part = arguments.Text(0, "sub").Value;
        return part.Length > 0 ? Split(text, part, -1).LongCount() - 1 : text.Characters().LongCount() + 1;
    }

    private static JinjaList Split(MarkedText text, Arguments arguments)
    {
        var max = arguments.Whole(1, "maxsplit", -1);
        var parts = arguments.Get(0, "sep") is MarkedText separator
            ? Split(text, separator.Value, max)
            : Words(text, max);
        return new JinjaList([.. parts]);
    }

    private static IEnumerable<MarkedText> Split(MarkedText text, string separator, long max)
    {
        if (separator.Length == 0)
        {
            throw new JinjaException("an empty text cannot separate");
        }

        var at = 0;
        for (var next = Find(0); next >= 0 && max != 0; next = Find(at), max--)
        {
            yield return text[at..next];
            at = next + separator.Length;
        }

        yield return text[at..];

        int Find(int from) => text.Value.IndexOf(separator, from, StringComparison.Ordinal);
    }

    private static IEnumerable<MarkedText> Words(MarkedText text, long max)
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
            while (at < text.Value.Length && (max == 0 || !PythonText.IsBlank(text.Value[at])))
            {
                at++;
            }

            yield return text[start..at];
            max--;
        }
    }

    private static object AnyOf(Arguments arguments, Func<string, bool> holds) => arguments.Require(0, "prefix") switch
    {
        MarkedText text => holds(text.Value),
        JinjaList { IsTuple: true } all => all.Items.OfType<MarkedText>().Any(text => holds(text.Value)),
        var other =>
            throw new JinjaException($"a string or a tuple of strings is needed, not {Operators.TypeName(other)}"),
    };

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"[^-\s({\[<]+")]
    private static partial Regex WordParts();

    [GeneratedRegex("\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]")]
    private static partial Regex LineEnds();
}
