namespace R1Reward.Policy.Exchange;

/// <summary>How work and memory are cut by ranks; every rank comes to the same cut by itself.</summary>
public static class RankShare
{
    /// <summary>A rank's part of a flat buffer; those of all ranks lie one after the other and differ by one.</summary>
    public static (long Start, long Count) PartOf(long length, int rank, int ranks)
    {
        var start = length * rank / ranks;
        return (start, (length * (rank + 1) / ranks) - start);
    }

    /// <summary>
    /// The rows of a rank, in ascending order: whole rows, longest first, each to the rank that has the fewest tokens
    /// so far. No two ranks differ by more tokens than the longest row has.
    /// </summary>
    /// <param name="lengths">Tokens of each row of the whole batch.</param>
    /// <param name="rank">Whose share it is.</param>
    /// <param name="ranks">How many ranks there are.</param>
    internal static int[] Of(IReadOnlyList<int> lengths, int rank, int ranks)
    {
        if (ranks == 1)
        {
            return [.. Enumerable.Range(0, lengths.Count)];
        }

        var own = new List<int>();
        var tokens = new long[ranks];
        foreach (var row in Enumerable.Range(0, lengths.Count).OrderByDescending(row => lengths[row]))
        {
            var fewest = Array.IndexOf(tokens, tokens.Min());
            tokens[fewest] += lengths[row];
            if (fewest == rank)
            {
                own.Add(row);
            }
        }

        own.Sort();
        return [.. own];
    }
}
