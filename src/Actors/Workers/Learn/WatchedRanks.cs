using System.Diagnostics;
using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>Takes the time that this rank spends in what the ranks do together.</summary>
/// <param name="ranks">The ranks; disposed with this.</param>
internal sealed class WatchedRanks(ICollective ranks) : ICollective
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _since;

    /// <inheritdoc/>
    public int Rank => ranks.Rank;

    /// <inheritdoc/>
    public int Count => ranks.Count;

    /// <summary>Time spent so far in exchanges, waiting for slower ranks included.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>The part of it that was spent on the thread which made this, and trained nothing meanwhile.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>For how long the exchange under way has taken; zero between exchanges. From any thread.</summary>
    public TimeSpan UnderWay =>
        Interlocked.Read(ref _since) is > 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <inheritdoc/>
    public void AllReduce(Tensor flat) => Watch(() =>
    {
        ranks.AllReduce(flat);
        return true;
    });

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat) => Watch(() =>
    {
        ranks.ReduceScatter(flat);
        return true;
    });

    /// <inheritdoc/>
    public void AllGather(Tensor flat) => Watch(() =>
    {
        ranks.AllGather(flat);
        return true;
    });

    /// <inheritdoc/>
    public double[][] Gather(double[] own) => Watch(() => ranks.Gather(own));

    /// <inheritdoc/>
    public void LookForLost() => ranks.LookForLost();

    /// <inheritdoc/>
    public void Dispose() => ranks.Dispose();

    private T Watch<T>(Func<T> together)
    {
        var start = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _since, start);
        try
        {
            return together();
        }
        finally
        {
            Interlocked.Exchange(ref _since, 0);
            var spent = Stopwatch.GetElapsedTime(start);
            Elapsed += spent;
            Waited += Environment.CurrentManagedThreadId == _thread ? spent : TimeSpan.Zero;
        }
    }
}
