namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Where the tokens of one pass stand in a cache: one new token of every row, or the next tokens of the first row.
/// </summary>
internal readonly struct CpuTokens
{
    private readonly KvCache _cache;

    private CpuTokens(KvCache cache, bool inOneRow)
    {
        _cache = cache;
        InOneRow = inOneRow;
    }

    /// <summary>Whether the tokens follow each other, so that each sees those before it.</summary>
    internal bool InOneRow { get; }

    /// <summary>One token of every row, in row order.</summary>
    internal static CpuTokens OfEveryRow(KvCache cache) => new(cache, inOneRow: false);

    /// <summary>The tokens that come next in the first row.</summary>
    internal static CpuTokens OfFirstRow(KvCache cache) => new(cache, inOneRow: true);

    /// <summary>The row of a token.</summary>
    internal int Row(int token) => InOneRow ? 0 : token;

    /// <summary>How many tokens of its row stand before a token.</summary>
    internal int Place(int token) => InOneRow ? _cache.Lengths[0] + token : _cache.Lengths[token];

    /// <summary>The rotary position of a token.</summary>
    internal int Position(int token) => Place(token) + _cache.ShiftOf(Row(token));

    /// <summary>The largest of some numbers of the first tokens.</summary>
    internal (int Place, int Position) Largest(int count)
    {
        var (place, position) = (0, 0);
        for (var token = InOneRow ? count - 1 : 0; token < count; token++)
        {
            place = Math.Max(place, Place(token));
            position = Math.Max(position, Position(token));
        }

        return (place, position);
    }
}
