using System.Text;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Bpe;

/// <summary>
/// How often each pair of neighbouring symbols occurs in a corpus of counted words, kept up to date as pairs are
/// merged.
/// </summary>
internal sealed class PairCounts
{
    private readonly List<int[]> _words = [];
    private readonly List<long> _wordCounts = [];
    private readonly Dictionary<(int Left, int Right), long> _pairs = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _occurrences = [];

    /// <summary>Counts the pairs of byte symbols.</summary>
    /// <param name="words">Words and how often each occurs.</param>
    /// <param name="alphabet">The byte letters in the order of their ids.</param>
    public PairCounts(Dictionary<string, long> words, List<string> alphabet)
    {
        var ids = alphabet.Select((letter, id) => (letter[0], id)).ToDictionary();
        foreach (var (word, count) in words)
        {
            _words.Add([.. Encoding.UTF8.GetBytes(word).Select(value => ids[ByteAlphabet.Letter(value)])]);
            _wordCounts.Add(count);
            Count(_words.Count - 1, +1);
        }
    }

    /// <summary>The pair with the highest count, the smaller ids on a tie; a count of 0 if there is none.</summary>
    public ((int Left, int Right) Pair, long Count) MostFrequent()
    {
        ((int Left, int Right) Pair, long Count) best = (default, 0);
        foreach (var (pair, count) in _pairs)
        {
            if (count > best.Count || (count == best.Count && pair.CompareTo(best.Pair) < 0))
            {
                best = (pair, count);
            }
        }

        return best;
    }

    /// <summary>Replaces every occurrence of the pair, from the left, by a new symbol.</summary>
    public void Merge((int Left, int Right) pair, int merged)
    {
        foreach (var word in _occurrences[pair].ToList())
        {
            Count(word, -1);
            _words[word] = Replace(_words[word], pair, merged);
            Count(word, +1);
        }
    }

    private static int[] Replace(int[] symbols, (int Left, int Right) pair, int merged)
    {
        var replaced = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var found = i + 1 < symbols.Length && (symbols[i], symbols[i + 1]) == pair;
            replaced.Add(found ? merged : symbols[i]);
            i += found ? 1 : 0;
        }

        return [.. replaced];
    }

    private void Count(int word, int sign)
    {
        var symbols = _words[word];
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            var pair = (symbols[i], symbols[i + 1]);
            var count = _pairs.GetValueOrDefault(pair) + (sign * _wordCounts[word]);
            if (sign > 0)
            {
                if (!_occurrences.TryGetValue(pair, out var occurrences))
                {
                    _occurrences.Add(pair, occurrences = []);
                }

                occurrences.Add(word);
                _pairs[pair] = count;
            }
            else
            {
                _occurrences[pair].Remove(word);
                if (count == 0)
                {
                    _pairs.Remove(pair);
                }
                else
                {
                    _pairs[pair] = count;
                }
            }
        }
    }
}
