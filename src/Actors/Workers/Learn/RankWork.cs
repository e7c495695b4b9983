using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Exchange;
using Serilog;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>Does an item by all ranks of a hand-out together, or alone where the hand-out is one worker's.</summary>
internal static class RankWork
{
    /// <summary>Connects with the other ranks, does the share of this one, and ends the connections.</summary>
    /// <param name="bulk">This node's hub.</param>
    /// <param name="key">The hand-out.</param>
    /// <param name="work">The item.</param>
    /// <param name="patience">How long to wait for a rank that still computes.</param>
    /// <param name="share">Does the share of this rank; the first one's result is that of the item.</param>
    /// <param name="cancel">Gives up connecting.</param>
    /// <returns>The result; <see cref="LearnerLost"/> where a rank is lost in the middle.</returns>
    /// <exception cref="OperationCanceledException">This rank has done its share, or gives up.</exception>
    public static WorkResult Do(
        BulkHub bulk,
        WorkKey key,
        SharedWork work,
        TimeSpan patience,
        Func<ICollective, WorkResult> share,
        CancellationToken cancel)
    {
        if (work.Seat is not { } seat)
        {
            return share(OneRank.Alone);
        }

        try
        {
            using var ring = RankRing.Open(bulk, key, seat, patience, cancel);
            return share(ring);
        }
        catch (RankLostException lost)
        {
            Log.Warning("{Item}: {Reason}", key.Id, lost.Message);
            return new LearnerLost(seat.Members[lost.Rank].Worker, lost.Message);
        }
    }
}
