using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>The default: words, and runs of what is neither word nor white space; white space itself is dropped.</summary>
internal sealed partial class WordPreTokenizer : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
        Pieces().Matches(text).Select(match => (match.Index, match.Length));

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex Pieces();
}
