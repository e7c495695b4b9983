namespace R1Reward.Actors.Workers;

/// <summary>Knows whether an engine still gets on with what it holds.</summary>
/// <param name="time">The clock.</param>
internal sealed class SignsOfLife(TimeProvider time)
{
    private long _progress = -1;
    private long _since = time.GetTimestamp();

    /// <summary>For how long nothing has moved.</summary>
    /// <param name="progress">The engine's progress.</param>
    /// <param name="isIdle">Whether it has nothing to do.</param>
    public TimeSpan Silence(long progress, bool isIdle)
    {
        if (isIdle || progress != _progress)
        {
            (_progress, _since) = (progress, time.GetTimestamp());
        }

        return time.GetElapsedTime(_since);
    }
}
