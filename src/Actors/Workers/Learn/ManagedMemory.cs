namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// What the run-time's memory takes of this process from update to update: <c>allocated-mib</c>, and
/// <c>gc-pause-ms</c>, for which all threads stood still in all collections together.
/// </summary>
internal sealed class ManagedMemory
{
    private long _allocated = GC.GetTotalAllocatedBytes();
    private TimeSpan _paused = GC.GetTotalPauseDuration();

    /// <summary>Adds the figures since they were added last.</summary>
    public void AddTo(Dictionary<string, double> figures)
    {
        var (allocated, paused) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        figures["allocated-mib"] = (allocated - _allocated) / 1048576.0;
        figures["gc-pause-ms"] = (paused - _paused).TotalMilliseconds;
        (_allocated, _paused) = (allocated, paused);
    }
}
