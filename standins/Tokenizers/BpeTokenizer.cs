using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte pair encoding: in each piece, the adjacent pair of lowest merge rank is joined until none is left.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    private const int CachedPieceLength = 15;
    private const int CacheCapacity = 10_000;

    private readonly Dictionary<string, int> _vocabulary = [];
    private readonly Dictionary<(int Left, int Right), Merge> _merges = [];
    private readonly PreTokenizer _preTokenizer;
    private readonly bool _byteLevel;
    private readonly ConcurrentDictionary<string, int[]> _cache = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabularyBySpan;

    private BpeTokenizer(BpeOptions options)
    {
        _preTokenizer = options.PreTokenizer ?? new WordPreTokenizer();
        _byteLevel = options.ByteLevel;
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        _vocabularyBySpan = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var ids = new HashSet<int>();
        foreach (var (token, id) in options.Vocabulary)
        {
            _vocabulary.Add(token, id);
            if (!ids.Add(id))
            {
                throw new ArgumentException($"An item with the same key has already been added. Key: {id}");
            }
        }

        if (_vocabulary.Count == 0)
        {
            throw new InvalidOperationException("The vocabulary cannot be empty.");
        }

        var rank = 0;
        foreach (var merge in options.Merges ?? [])
        {
            if (merge.Split(' ') is not [var left, { Length: > 0 } right])
            {
                throw new InvalidOperationException("Invalid merger file format");
            }

            _merges.Add((IdOf(left), IdOf(right)), new Merge(rank++, IdOf(left + right)));
        }
    }

    /// <inheritdoc/>
    public override PreTokenizer? PreTokenizer => _preTokenizer;

    /// <summary>A tokenizer of the given vocabulary and merges.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary is empty, or a merge names a token outside it.</exception>
    /// <exception cref="ArgumentException">A token, an id or a merged pair occurs twice.</exception>
    public static BpeTokenizer Create(BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BpeTokenizer(options);
    }

    private protected override IReadOnlyList<int> Encode(ReadOnlySpan<char> text, IEnumerable<(int Offset, int Length)>? pieces)
    {
        var ids = new List<int>();
        if (pieces is null)
        {
            EncodePiece(text, ids);
            return ids;
        }

        foreach (var (offset, length) in pieces)
        {
            EncodePiece(text.Slice(offset, length), ids);
        }

        return ids;
    }

    private int IdOf(string token) => _vocabulary.TryGetValue(token, out var id)
        ? id
        : throw new InvalidOperationException($"Trying to merge a token '{token}' which not exist in the vocabulary.");

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cacheBySpan.TryGetValue(piece, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var symbols = Symbols(piece);
        new SymbolList(symbols, _merges).MergeInto(ids, out var added);
        if (piece.Length <= CachedPieceLength && _cache.Count < CacheCapacity)
        {
            _cache.TryAdd(piece.ToString(), [.. ids[^added..]]);
        }
    }

    // One symbol for each letter; a letter that the vocabulary lacks is dropped.
    private List<int> Symbols(ReadOnlySpan<char> piece)
    {
        var symbols = new List<int>(piece.Length);
        if (_byteLevel)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(piece.Length));
            foreach (var value in bytes.AsSpan(0, Encoding.UTF8.GetBytes(piece, bytes)))
            {
                AddKnown([ByteLetters.Of(value)]);
            }

            ArrayPool<byte>.Shared.Return(bytes);
            return symbols;
        }

        for (var i = 0; i < piece.Length;)
        {
            var length = i + 1 < piece.Length && char.IsSurrogatePair(piece[i], piece[i + 1]) ? 2 : 1;
            AddKnown(piece.Slice(i, length));
            i += length;
        }

        return symbols;

        void AddKnown(ReadOnlySpan<char> letter)
        {
            if (_vocabularyBySpan.TryGetValue(letter, out var id))
            {
                symbols.Add(id);
            }
        }
    }
}
