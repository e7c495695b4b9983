using System.Text.RegularExpressions;
using R1Reward.Policy.Tokenization.Files;

namespace R1Reward.Policy.Tokenization;

/// <summary>Finds added tokens in text: from left to right, the longest first.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _tokens;
    private readonly Regex? _pattern;

    /// <param name="tokens">The tokens that are looked for.</param>
    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        var byContent = tokens.ToDictionary(token => token.Content);
        _tokens = byContent.GetAlternateLookup<ReadOnlySpan<char>>();

        // Alternation takes the first branch that matches.
        var contents = byContent.Keys.OrderByDescending(content => content.Length).Select(Regex.Escape);
        _pattern = byContent.Count == 0 ? null : new Regex(string.Join('|', contents), RegexOptions.CultureInvariant);
    }

    /// <summary>The tokens within a range of UTF-16 units, in order.</summary>
    public IReadOnlyList<FoundToken> Find(string text, int start, int end)
    {
        var found = new List<FoundToken>();
        var range = text.AsSpan(start, end - start);
        if (_pattern is not null)
        {
            foreach (var match in _pattern.EnumerateMatches(range))
            {
                var at = start + match.Index;
                var token = _tokens[range.Slice(match.Index, match.Length)];
                found.Add(new FoundToken(at, at + match.Length, token));
            }
        }

        return found;
    }
}
