namespace R1Reward.Actors.Workers;

/// <summary>Knows for how long a worker that is to leave has waited for a coordinator to let it go.</summary>
/// <param name="time">The clock.</param>
internal sealed class Departure(TimeProvider time)
{
    // A coordinator answers at once; where none does, the cluster may be ending as a whole.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private long _heardAt = time.GetTimestamp();

    /// <summary>Whether nobody has answered for so long that it goes unasked.</summary>
    public bool IsInVain => time.GetElapsedTime(_heardAt) >= Patience;

    /// <summary>Takes note that the coordinator is there, or that there was nothing to ask it.</summary>
    public void Hear() => _heardAt = time.GetTimestamp();
}
