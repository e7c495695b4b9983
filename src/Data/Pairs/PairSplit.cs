using R1Reward.Data.Randomness;

namespace R1Reward.Data.Pairs;

/// <summary>
/// Parts pairs into training and held-out ones without separating those of one group, which share their prompt.
/// </summary>
/// <param name="Train">Pairs to learn from, in their original order.</param>
/// <param name="HeldOut">Pairs to evaluate on, in their original order.</param>
public sealed record PairSplit(IReadOnlyList<PreferencePair> Train, IReadOnlyList<PreferencePair> HeldOut)
{
    /// <summary>
    /// Takes groups in seeded random order into the held-out part as long as they fit its share. A group larger than
    /// the share is therefore always trained on; at least one group is held out.
    /// </summary>
    /// <param name="pairs">The pairs; one without a group is its own.</param>
    /// <param name="heldOutShare">Share of pairs to hold out, between 0 and 1.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="UserErrorException">All pairs are of one group.</exception>
    public static PairSplit ByGroup(IReadOnlyList<PreferencePair> pairs, double heldOutShare, long seed)
    {
        var groups = pairs.GroupBy(GroupOf).ToList();
        if (groups.Count < 2)
        {
            throw new UserErrorException(
                $"cannot hold out a share of {pairs.Count} pairs of one prompt; name a file of held-out pairs");
        }

        CounterRandom.For(seed, "split").Shuffle(groups);
        var room = (int)Math.Round(heldOutShare * pairs.Count);
        var heldOut = new HashSet<string>();
        foreach (var group in groups)
        {
            if (group.Count() <= room)
            {
                heldOut.Add(group.Key);
                room -= group.Count();
            }
        }

        if (heldOut.Count == 0)
        {
            heldOut.Add(groups.MinBy(group => group.Count())!.Key);
        }

        var parts = pairs.ToLookup(pair => heldOut.Contains(GroupOf(pair)));
        return new PairSplit([.. parts[false]], [.. parts[true]]);
    }

    private static string GroupOf(PreferencePair pair) => pair.Group ?? pair.Id.Value;
}
