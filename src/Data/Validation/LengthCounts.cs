namespace R1Reward.Data.Validation;

/// <summary>How often each length occurs: memory grows with the number of different lengths alone.</summary>
public sealed class LengthCounts
{
    private readonly SortedDictionary<int, long> _counts = [];
    private long _all;

    /// <summary>Takes in a length.</summary>
    internal void Add(int length)
    {
        _counts[length] = _counts.GetValueOrDefault(length) + 1;
        _all++;
    }

    /// <summary>
    /// The smallest length that a share of all lengths does not exceed, by the nearest rank; null where there is none.
    /// </summary>
    /// <example>Of the lengths 1, 2, 3 and 10 the share 0.5 has 2, the share 1 has 10.</example>
    public int? Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * _all));
        var seen = 0L;
        foreach (var (length, count) in _counts)
        {
            seen += count;
            if (seen >= rank)
            {
                return length;
            }
        }

        return null;
    }
}
