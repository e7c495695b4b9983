namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// Adds up how long a run spends in each of its stages, under the names that summary.json has for them.
/// </summary>
internal sealed class StageClock(TimeProvider time)
{
    private readonly Dictionary<string, double> _seconds = [];
    private string? _stage;
    private long _since;

    /// <summary>Seconds by stage, the current one not included.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    /// <summary>Leaves the current stage and enters another.</summary>
    public void Enter(string stage)
    {
        var now = time.GetTimestamp();
        if (_stage is not null)
        {
            _seconds[_stage] = _seconds.GetValueOrDefault(_stage) + time.GetElapsedTime(_since, now).TotalSeconds;
        }

        _stage = stage;
        _since = now;
    }
}
