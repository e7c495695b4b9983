using System.Diagnostics;

namespace R1Reward.Bench.Ways;

/// <summary>For how long engines were at work, together, and from the first item to the last.</summary>
internal sealed class BusyTime
{
    private readonly Lock _lock = new();
    private long _first = long.MaxValue;
    private long _last;

    /// <summary>How many items all engines have finished.</summary>
    public int Items { get; private set; }

    /// <summary>The seconds of all items, added up.</summary>
    public TimeSpan Total { get; private set; }

    /// <summary>From the beginning of the first item to the end of the last.</summary>
    public TimeSpan Wall => Stopwatch.GetElapsedTime(_first, _last);

    /// <summary>Counts an item that began then and ends now.</summary>
    public void Add(long began)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            Items++;
            Total += Stopwatch.GetElapsedTime(began, now);
            (_first, _last) = (Math.Min(_first, began), Math.Max(_last, now));
        }
    }
}
