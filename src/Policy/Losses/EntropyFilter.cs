namespace R1Reward.Policy.Losses;

/// <summary>
/// Which tokens are learned: those at which the policy was undecided (Wang et al. 2025 train on the fifth of the tokens
/// with the highest entropy). Two published rules.
/// </summary>
public static class EntropyFilter
{
    /// <summary>
    /// Per response: its max(1, floor(share * tokens)) tokens of highest entropy; the earlier of equal ones. The others
    /// do not count in its mean.
    /// </summary>
    public static bool[] OfSequence(ReadOnlySpan<float> entropies, double share)
    {
        var values = entropies.ToArray();
        var kept = new bool[values.Length];
        var count = Math.Max(1, (int)Math.Floor(share * values.Length));
        foreach (var place in Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count))
        {
            kept[place] = true;
        }

        return kept;
    }

    /// <summary>
    /// Over a batch: the entropy below which tokens have no loss, though they still count in the mean. Between two
    /// values it is interpolated.
    /// </summary>
    /// <param name="entropies">Entropies of all tokens of the batch; at least one.</param>
    /// <param name="share">Share of the tokens to keep.</param>
    public static double ThresholdOfBatch(IEnumerable<float> entropies, double share)
    {
        var sorted = entropies.Order().ToArray();
        var place = (1 - share) * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
