using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>
/// Goes through a list of pairs pass after pass, each time in another random order: index n is always the same pair for
/// a seed and a length. For one thread at a time.
/// </summary>
/// <param name="seed">Seed of the orders.</param>
/// <param name="easyFirst">
/// Whether pairs of a lower difficulty come first in each pass, and those without one last.
/// </param>
internal sealed class PassOrder(long seed, bool easyFirst)
{
    // The order of the pass that was asked for last.
    private long _pass = -1;
    private int[] _order = [];

    /// <summary>The pair at an index that goes on over all passes.</summary>
    public PreferencePair At(IReadOnlyList<PreferencePair> pairs, long index)
    {
        var pass = index / pairs.Count;
        if (pass != _pass || _order.Length != pairs.Count)
        {
            _order = [.. Enumerable.Range(0, pairs.Count)];
            CounterRandom.For(seed, "order", pass).Shuffle(_order);
            if (easyFirst)
            {
                _order = [.. _order.OrderBy(place => pairs[place].Difficulty ?? int.MaxValue)];
            }

            _pass = pass;
        }

        return pairs[_order[index % pairs.Count]];
    }
}
