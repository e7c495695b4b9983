using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Exchange;
using Serilog;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>Does items by all ranks of a hand-out together, or alone where the hand-out is one worker's.</summary>
/// <param name="bulk">This node's hub.</param>
/// <param name="exchange">By what the ranks exchange what they compute; disposed with this.</param>
internal sealed class RankWork(BulkHub bulk, RankExchange exchange) : IDisposable
{
    private WatchedRanks? _ranks;

    /// <summary>For how long this rank has been in an exchange with the others; from any thread.</summary>
    public TimeSpan Exchanging => Volatile.Read(ref _ranks)?.UnderWay ?? TimeSpan.Zero;

    /// <summary>Connects with the other ranks, does the share of this one, and ends the connections.</summary>
    /// <param name="key">The hand-out.</param>
    /// <param name="work">The item.</param>
    /// <param name="share">Does the share of this rank; the first one's result is that of the item.</param>
    /// <param name="cancel">Gives up connecting.</param>
    /// <returns>The result; <see cref="LearnerLost"/> where a rank is lost in the middle.</returns>
    /// <exception cref="OperationCanceledException">This rank has done its share, or gives up.</exception>
    public WorkResult Do(WorkKey key, SharedWork work, Func<ICollective, WorkResult> share, CancellationToken cancel)
    {
        if (work.Seat is not { } seat)
        {
            return share(OneRank.Alone);
        }

        try
        {
            using var ranks = new WatchedRanks(
                exchange.Over(RankRing.Open(bulk, key, seat, exchange.Patience, cancel)));
            Volatile.Write(ref _ranks, ranks);
            return share(ranks);
        }
        catch (RankLostException lost)
        {
            Log.Warning("{Item}: {Reason}", key.Id, lost.Message);
            return new LearnerLost(seat.Members[lost.Rank].Worker, lost.Message);
        }
        finally
        {
            Volatile.Write(ref _ranks, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => exchange.Dispose();
}
