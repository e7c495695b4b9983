using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Training;

/// <summary>Cuts a batch into pieces of similar lengths, so that little of the work falls on padding.</summary>
internal static class MicroBatches
{
    // What a pass costs whatever its size, in tokens: a further piece has to save more padding than that.
    private const long PassTokens = 128;

    /// <summary>
    /// Indices of rows by growing length, in pieces of at most <paramref name="maxTokens"/> tokens with padding; a row
    /// longer than that makes a piece of its own. Of all such cuts it is the one with the least padding, a further
    /// piece counted as some tokens.
    /// </summary>
    internal static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int maxTokens) =>
        Plan(lengths, maxTokens, OneRank.Alone);

    /// <summary>
    /// As the other, for one rank's share of the rows; a rank has no piece where there are fewer rows than ranks.
    /// </summary>
    internal static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int maxTokens, ICollective ranks)
    {
        int[] order = [.. RankShare.Of(lengths, ranks.Rank, ranks.Count).OrderBy(index => lengths[index])];

        // Of the first rows, the cost of the best cut and where its last piece begins.
        var cost = new long[order.Length + 1];
        var begin = new int[order.Length + 1];
        for (var end = 1; end <= order.Length; end++)
        {
            var length = lengths[order[end - 1]];
            cost[end] = long.MaxValue;
            for (var first = end - 1; first >= 0; first--)
            {
                var tokens = (end - first) * (long)length;
                if (end - first > 1 && tokens > maxTokens)
                {
                    break;
                }

                if (cost[first] + tokens + PassTokens < cost[end])
                {
                    (cost[end], begin[end]) = (cost[first] + tokens + PassTokens, first);
                }
            }
        }

        var pieces = new List<int[]>();
        for (var end = order.Length; end > 0; end = begin[end])
        {
            pieces.Add(order[begin[end]..end]);
        }

        pieces.Reverse();
        return pieces;
    }
}
