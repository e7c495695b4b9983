using System.Numerics;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// Longest common subsequence, 64 characters of one text at a time (Hyyrö, Bit-parallel LCS-length computation
/// revisited, 2004).
/// </summary>
internal static class CommonSubsequence
{
    /// <summary>Length of the longest common subsequence.</summary>
    public static int Length(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var words = (first.Length + 63) / 64;
        var places = new Dictionary<int, ulong[]>();
        for (var i = 0; i < first.Length; i++)
        {
            if (!places.TryGetValue(first[i], out var bits))
            {
                places[first[i]] = bits = new ulong[words];
            }

            bits[i / 64] |= 1UL << (i % 64);
        }

        // A zero bit of the row marks a place where the subsequence grows by one.
        var row = new ulong[words];
        Array.Fill(row, ulong.MaxValue);
        foreach (var character in second)
        {
            if (!places.TryGetValue(character, out var match))
            {
                continue;
            }

            var carry = 0UL;
            for (var w = 0; w < words; w++)
            {
                var matched = row[w] & match[w];
                var sum = unchecked(row[w] + matched + carry);
                carry = sum < row[w] || (carry == 1 && sum == row[w]) ? 1UL : 0UL;
                row[w] = sum | (row[w] & ~match[w]);
            }
        }

        // Bits beyond the text match nothing, so they stay one.
        return row.Sum(word => BitOperations.PopCount(~word));
    }
}
