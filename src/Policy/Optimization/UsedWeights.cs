using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>Weights that are there together, or on their way, until this is disposed.</summary>
internal sealed class UsedWeights : IDisposable
{
    private readonly IReadOnlyList<WeightPart> _parts;
    private readonly ExchangeQueue _queue;
    private readonly Task _arrival;

    /// <summary>Begins to bring all of them in; all ranks do it together.</summary>
    /// <param name="layer">Their layer.</param>
    /// <param name="parts">What each rank holds of them.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="queue">Makes the exchange.</param>
    internal UsedWeights(int layer, IReadOnlyList<WeightPart> parts, ICollective ranks, ExchangeQueue queue)
    {
        (Layer, _parts, _queue) = (layer, parts, queue);
        foreach (var part in parts)
        {
            part.Prepare();
        }

        _arrival = queue.Add(() =>
        {
            foreach (var part in parts)
            {
                part.Gather(ranks);
            }
        });
    }

    /// <summary>The layer of the decoder that they are of, or a number that no layer has.</summary>
    internal int Layer { get; }

    /// <summary>Waits until all of them are there.</summary>
    /// <exception cref="RankLostException">Another rank is gone; none of them is there.</exception>
    internal void Await()
    {
        try
        {
            _queue.Await(_arrival);
        }
        catch
        {
            Dispose();
            throw;
        }

        foreach (var part in _parts)
        {
            part.Place();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ExchangeQueue.AwaitEnd(_arrival);
        foreach (var part in _parts)
        {
            part.Drop();
        }
    }
}
