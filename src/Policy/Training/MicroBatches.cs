using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Training;

/// <summary>Cuts a batch into pieces of similar lengths, so that little of the work falls on padding.</summary>
internal static class MicroBatches
{
    /// <summary>
    /// Indices of rows by growing length, in pieces of at most <paramref name="maxTokens"/> tokens with padding; a row
    /// longer than that makes a piece of its own.
    /// </summary>
    internal static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int maxTokens) =>
        Plan(lengths, maxTokens, OneRank.Alone);

    /// <summary>
    /// As the other, for one rank's share of the rows; a rank has no piece where there are fewer rows than ranks.
    /// </summary>
    internal static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int maxTokens, ICollective ranks)
    {
        var pieces = new List<int[]>();
        var piece = new List<int>();
        foreach (var index in RankShare.Of(lengths, ranks.Rank, ranks.Count).OrderBy(index => lengths[index]))
        {
            if (piece.Count > 0 && (piece.Count + 1) * (long)lengths[index] > maxTokens)
            {
                pieces.Add([.. piece]);
                piece.Clear();
            }

            piece.Add(index);
        }

        if (piece.Count > 0)
        {
            pieces.Add([.. piece]);
        }

        return pieces;
    }
}
