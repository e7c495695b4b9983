namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// Adds up how long a run spends in each of its stages, under the names that summary.json has for them.
/// </summary>
internal sealed class StageClock(TimeProvider time)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, double> _seconds = [];
    private string? _stage;
    private long _since;
    private long _taken = time.GetTimestamp();

    /// <summary>
    /// Whether so much time has passed since the last <see cref="Take"/> that losing it would be seen.
    /// </summary>
    public bool IsDue => time.GetElapsedTime(_taken) >= Often;

    /// <summary>Leaves the current stage and enters another.</summary>
    public void Enter(string stage)
    {
        Lap();
        _stage = stage;
    }

    /// <summary>Seconds by stage since the last call, the current one included; it goes on.</summary>
    public IReadOnlyDictionary<string, double> Take()
    {
        Lap();
        var taken = new Dictionary<string, double>(_seconds);
        _seconds.Clear();
        _taken = time.GetTimestamp();
        return taken;
    }

    private void Lap()
    {
        var now = time.GetTimestamp();
        if (_stage is not null)
        {
            _seconds[_stage] = _seconds.GetValueOrDefault(_stage) + time.GetElapsedTime(_since, now).TotalSeconds;
        }

        _since = now;
    }
}
