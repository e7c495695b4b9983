using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.PreTokenization;

/// <summary>
/// Cuts text by the pattern of a tokenizer.json; what lies between matches is a piece too ("Isolated"). The pattern's
/// classes mean code points, while .NET matches UTF-16 units: text with characters beyond U+FFFF is matched through a
/// copy in which each of these is replaced by one unit of the same category.
/// </summary>
internal sealed class SplitPreTokenizer : PreTokenizer
{
    /// <summary>The pattern of GPT-2, used where a file asks for the byte level's own split.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of Qwen2, Qwen2.5 and Qwen3: contractions in any case, digits apart.</summary>
    public const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
        + @"\s*[\r\n]+|\s+(?!\S)|\s+";

    // One unit of each Unicode category, in the order of UnicodeCategory; none is named by any published pattern.
    private const string Representatives =
        "\u0100\u0101\u01C5\u02B0\u4E00\u0300\u0903\u0488\u0660\u2160\u00B2\u2000\u2028\u2029\u0001"
        + "\u00AD\uD800\uE000\u203F\u2010\u207D\u207E\u00AB\u00BB\u00A1\u00AC\u00A2\u00A8\u00A6\u0378";

    // Unicode folds the long s to s; .NET's case-insensitive matching does not.
    private const char LongS = '\u017F';

    /// <summary>What the trial lets pass may still take years for another text.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Regex _pattern;
    private readonly bool _foldsCase;

    /// <summary>A splitter by the given pattern.</summary>
    /// <exception cref="UserErrorException">
    /// The pattern is no regular expression that .NET can read, or does not come to an end with some text.
    /// </exception>
    public SplitPreTokenizer(string pattern)
    {
        try
        {
            _pattern = new Regex(pattern, RegexOptions.CultureInvariant, _patience);
        }
        catch (ArgumentException error)
        {
            throw new UserErrorException(
                $"Tokenizer: the split pattern {pattern} cannot be read ({error.Message}).", error);
        }

        PatternTrial.Run(pattern);
        _foldsCase = pattern.Contains("(?i", StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    /// <inheritdoc/>
    /// <exception cref="UserErrorException">The pattern does not come to an end.</exception>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        try
        {
            return Pieces(text);
        }
        catch (RegexMatchTimeoutException slow)
        {
            throw PatternTrial.Endless(_pattern, _patience, text.Length, slow);
        }
    }

    private IEnumerable<(int Offset, int Length)> Pieces(ReadOnlySpan<char> text)
    {
        var direct = !text.ContainsAnyInRange('\uD800', '\uDFFF') && !(_foldsCase && text.Contains(LongS));
        if (direct)
        {
            return Cut(text);
        }

        var (proxy, offsets) = Proxy(text);
        return Cut(proxy).Select(piece =>
        {
            var start = offsets[piece.Offset];
            return (start, offsets[piece.Offset + piece.Length] - start);
        });
    }

    private List<(int Offset, int Length)> Cut(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int, int)>();
        var end = 0;
        foreach (var match in _pattern.EnumerateMatches(text))
        {
            if (match.Index > end)
            {
                pieces.Add((end, match.Index - end));
            }

            if (match.Length > 0)
            {
                pieces.Add((match.Index, match.Length));
            }

            end = match.Index + match.Length;
        }

        if (end < text.Length)
        {
            pieces.Add((end, text.Length - end));
        }

        return pieces;
    }

    private (string Text, int[] Offsets) Proxy(ReadOnlySpan<char> text)
    {
        var proxy = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length + 1) { 0 };
        foreach (var rune in text.EnumerateRunes())
        {
            proxy.Append(
                !rune.IsBmp ? Representatives[(int)Rune.GetUnicodeCategory(rune)]
                : _foldsCase && rune.Value == LongS ? 's'
                : (char)rune.Value);
            offsets.Add(offsets[^1] + rune.Utf16SequenceLength);
        }

        return (proxy.ToString(), [.. offsets]);
    }
}
