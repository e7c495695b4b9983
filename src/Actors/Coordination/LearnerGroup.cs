namespace R1Reward.Actors.Coordination;

/// <summary>
/// Which workers of a kind do the next item together, and in which order: learners an update, and likewise those of a
/// cold start or a scalar model. The hand-out is the group: whoever has another one is of another group, and its result
/// does not count. A node may have several of them.
/// </summary>
/// <param name="ranks">How many there are to be.</param>
/// <param name="patience">How long to wait for more of them, from the last one that came.</param>
/// <param name="time">The clock.</param>
/// <param name="replicates">Whether each keeps a copy of what the one before it holds.</param>
internal sealed class LearnerGroup(int ranks, TimeSpan patience, TimeProvider time, bool replicates = false)
{
    private List<string> _last = [];
    private long _cameAt = time.GetTimestamp();

    /// <summary>How many workers there are to be.</summary>
    public int Ranks => ranks;

    /// <summary>Names of those of the last hand-out, by rank.</summary>
    public IReadOnlyList<string> Last => _last;

    /// <summary>Takes note that a worker came, and that others may follow.</summary>
    public void Come() => _cameAt = time.GetTimestamp();

    /// <summary>
    /// The ranks in their order, as many as there are to be, or all that have come where no more do; none while more
    /// are waited for. Those of the last hand-out come first, in its order: they hold what the next one starts from.
    /// </summary>
    /// <param name="free">Names of those that have nothing to do.</param>
    /// <param name="joined">How many there are, idle or not.</param>
    /// <param name="nodeOf">The node of each.</param>
    public IReadOnlyList<string> Choose(IReadOnlyList<string> free, int joined, Func<string, string> nodeOf)
    {
        var areAll = free.Count == joined && time.GetElapsedTime(_cameAt) >= patience;
        if (free.Count == 0 || (free.Count < ranks && !areAll))
        {
            return [];
        }

        _last = RankOrder.ByNode([.. InOrder(free).Take(ranks)], nodeOf, replicates);
        return _last;
    }

    /// <summary>Those of the last hand-out in its order, before all others.</summary>
    private IEnumerable<string> InOrder(IEnumerable<string> names) =>
        names.OrderBy(name => _last.Contains(name) ? _last.IndexOf(name) : int.MaxValue);
}
