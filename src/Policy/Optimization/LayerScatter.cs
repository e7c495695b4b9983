using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// Exchanges the gradients of a layer while the backward pass makes those of the layer before it. No more than one
/// layer is on its way, so that memory is bounded.
/// </summary>
/// <param name="queue">Makes the exchanges.</param>
internal sealed class LayerScatter(ExchangeQueue queue) : IDisposable
{
    private Task _underWay = Task.CompletedTask;
    private IReadOnlyList<BucketScatter> _buckets = [];

    /// <summary>Begins the exchanges of a layer, once those before have ended.</summary>
    internal void Begin(IReadOnlyList<BucketScatter> buckets)
    {
        if (buckets.Count == 0)
        {
            return;
        }

        _buckets = buckets;
        _underWay = queue.Add(() =>
        {
            foreach (var bucket in buckets)
            {
                bucket.Exchange();
            }
        });
    }

    /// <summary>Waits until nothing is on its way.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal void Await()
    {
        queue.Await(_underWay);
        Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ExchangeQueue.AwaitEnd(_underWay);
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
