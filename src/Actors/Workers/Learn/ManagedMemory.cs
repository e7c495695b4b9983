namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// What the run-time's memory takes of this process from update to update: <c>allocated-mib</c>, and
/// <c>gc-pause-ms</c>, for which all threads stood still in all collections together. After the first update it has the
/// run-time collect what later updates would wait for.
/// </summary>
internal sealed class ManagedMemory
{
    // Above 4 MiB in the oldest generation the run-time collects it beside the program.
    private const int LargeHeap = 8 * 1024 * 1024;

    private long _allocated = GC.GetTotalAllocatedBytes();
    private TimeSpan _paused = GC.GetTotalPauseDuration();
    private bool _hasSettled;

    /// <summary>Adds the figures since they were added last.</summary>
    public void AddTo(Dictionary<string, double> figures)
    {
        figures["allocated-mib"] = (GC.GetTotalAllocatedBytes() - _allocated) / 1048576.0;
        Settle();
        var paused = GC.GetTotalPauseDuration();
        figures["gc-pause-ms"] = (paused - _paused).TotalMilliseconds;
        (_allocated, _paused) = (GC.GetTotalAllocatedBytes(), paused);
    }

    // After the first update, so that none of those that follow waits for it: what is there to stay moves to the oldest
    // generation, and the run-time starts the thread that collects beside the program, for which everything waits.
    private void Settle()
    {
        if (_hasSettled)
        {
            return;
        }

        _hasSettled = true;
        var ballast = GC.AllocateUninitializedArray<byte>(LargeHeap);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        GC.KeepAlive(ballast);

        // Each moves what survives by one generation.
        GC.Collect();
        GC.Collect();
    }
}
