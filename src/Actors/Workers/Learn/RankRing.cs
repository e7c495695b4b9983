using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// The ring of the workers that make one update together, connected anew for every hand-out of it: each calls the next
/// one under a name that the hand-out is part of, so ranks of an old one never meet those of a new one. It ends when
/// the node of a member is removed from the cluster: a process that stands still closes no connection.
/// </summary>
internal sealed class RankRing : ICollective
{
    // A rank may have to end what it does before it begins with the item.
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(20);

    private readonly DirectConnection _previous;
    private readonly RingCollective _ring;
    private readonly CancellationToken[] _removed;
    private readonly CancellationTokenRegistration[] _ending;

    private RankRing(
        RankSeat seat, Stream next, DirectConnection previous, TimeSpan patience, CancellationToken[] removed)
    {
        _previous = previous;
        _ring = new RingCollective(seat.Rank, seat.Members.Count, next, previous.Bytes, patience);
        _removed = removed;
        _ending = Array.ConvertAll(removed, node => node.Register(Close));
    }

    /// <inheritdoc/>
    public int Rank => _ring.Rank;

    /// <inheritdoc/>
    public int Count => _ring.Count;

    /// <summary>Connects this worker with the ones before and behind it.</summary>
    /// <param name="bulk">This node's hub.</param>
    /// <param name="key">The hand-out.</param>
    /// <param name="seat">This worker's place.</param>
    /// <param name="patience">How long to wait for a rank that still computes.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RankLostException">One of the two does not come in time.</exception>
    public static RankRing Open(BulkHub bulk, WorkKey key, RankSeat seat, TimeSpan patience, CancellationToken cancel)
    {
        var count = seat.Members.Count;
        var (next, previous) = ((seat.Rank + 1) % count, (seat.Rank + count - 1) % count);
        CancellationToken[] removed =
            [.. seat.Members.Select((other, rank) => rank == seat.Rank ? default : bulk.Removed(other.Node))];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource([cancel, .. removed]);
        limit.CancelAfter(Connecting);
        var calling = bulk.Direct.ConnectAsync(seat.Members[next].Address, NameOf(key, seat.Rank), limit.Token);
        var called = bulk.Direct.AcceptAsync(NameOf(key, previous), limit.Token);
        return Do(removed, () =>
        {
            var to = Wait(calling, next, cancel);
            try
            {
                return new RankRing(seat, to, Wait(called, previous, cancel), patience, removed);
            }
            catch
            {
                to.Dispose();
                throw;
            }
        });
    }

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat) => Do(_removed, () =>
    {
        _ring.ReduceScatter(flat);
        return true;
    });

    /// <inheritdoc/>
    public void AllGather(Tensor flat) => Do(_removed, () =>
    {
        _ring.AllGather(flat);
        return true;
    });

    /// <inheritdoc/>
    public double[][] Gather(double[] own) => Do(_removed, () => _ring.Gather(own));

    /// <inheritdoc/>
    public void LookForLost() => Do(_removed, () =>
    {
        _ring.LookForLost();
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_ending, one => one.Dispose());
        Close();
    }

    private void Close()
    {
        _ring.Dispose();
        _previous.Dispose();
    }

    // The connections are closed from here then, and what they say of it is wrong.
    private static T Do<T>(CancellationToken[] removed, Func<T> together)
    {
        try
        {
            return together();
        }
        catch (RankLostException)
            when (Array.FindIndex(removed, node => node.IsCancellationRequested) is >= 0 and var rank)
        {
            throw new RankLostException(rank, "its node was removed from the cluster");
        }
    }

    private static T Wait<T>(Task<T> connecting, int other, CancellationToken cancel)
    {
        try
        {
            return connecting.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new RankLostException(other, "it did not connect in time");
        }
        catch (IOException failure)
        {
            throw new RankLostException(other, failure.Message, failure);
        }
    }

    private static string NameOf(WorkKey key, int rank) =>
        $"{key.Id.ToString().Replace('/', '-')}.e{key.Epoch}a{key.Attempt}.{rank}";
}
