using System.Diagnostics;
using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// Exchanges the gradients of a layer on a thread of its own, while the backward pass makes those of the layer before
/// it. No more than one layer is on its way, so that memory is bounded.
/// </summary>
internal sealed class LayerScatter : IDisposable
{
    private Task _underWay = Task.CompletedTask;
    private IReadOnlyList<BucketScatter> _buckets = [];

    /// <summary>Time in which a backward pass has stood still for this.</summary>
    internal TimeSpan Waited { get; private set; }

    /// <summary>Begins the exchanges of a layer, once those before have ended.</summary>
    internal void Begin(IReadOnlyList<BucketScatter> buckets)
    {
        if (buckets.Count == 0)
        {
            return;
        }

        _buckets = buckets;
        _underWay = Task.Factory.StartNew(
            () =>
            {
                foreach (var bucket in buckets)
                {
                    bucket.Exchange();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Waits until nothing is on its way.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal void Await()
    {
        var start = Stopwatch.GetTimestamp();
        _underWay.GetAwaiter().GetResult();
        Forget();
        Waited += Stopwatch.GetElapsedTime(start);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IAsyncResult)_underWay).AsyncWaitHandle.WaitOne();
        Forget();
    }

    private void Forget()
    {
        foreach (var bucket in _buckets)
        {
            bucket.Dispose();
        }

        _buckets = [];
    }
}
