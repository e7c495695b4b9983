using R1Reward.Data.Randomness;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>
/// Goes through a list pass after pass, each time in another random order: index n is always the same item for a seed
/// and a length. For one thread at a time.
/// </summary>
/// <param name="seed">Seed of the orders.</param>
internal sealed class PassOrder(long seed)
{
    // The order of the pass that was asked for last.
    private long _pass = -1;
    private int[] _order = [];

    /// <summary>The item at an index that goes on over all passes.</summary>
    public T At<T>(IReadOnlyList<T> items, long index)
    {
        var pass = index / items.Count;
        if (pass != _pass || _order.Length != items.Count)
        {
            _order = [.. Enumerable.Range(0, items.Count)];
            CounterRandom.For(seed, "order", pass).Shuffle(_order);
            _pass = pass;
        }

        return items[_order[index % items.Count]];
    }
}
