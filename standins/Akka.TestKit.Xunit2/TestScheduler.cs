using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>A scheduler whose time only moves when told; one step over several intervals fires a repetition once.</summary>
public class TestScheduler : SchedulerBase
{
    private readonly Lock _lock = new();
    private readonly List<Item> _items = [];
    private DateTimeOffset _now = DateTimeOffset.UtcNow;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log) : base(schedulerConfig, log) { }

    public override TimeSpan MonotonicClock => HighResMonotonicClock;
    public override TimeSpan HighResMonotonicClock => System.Diagnostics.Stopwatch.GetElapsedTime(0);
    protected override DateTimeOffset TimeNow => _now;

    public void Advance(TimeSpan offset)
    {
        Item[] due;
        lock (_lock)
        {
            _now += offset;
            due = _items.Where(i => i.At <= _now).OrderBy(i => i.At).ToArray();
            foreach (var item in due) _items.Remove(item);
        }

        foreach (var item in due)
        {
            if (item.Cancelable?.IsCancellationRequested == true) continue;
            item.Action();
            if (item.Interval is not { } interval || item.Cancelable?.IsCancellationRequested == true) continue;
            lock (_lock) _items.Add(item with { At = _now + interval });
        }
    }

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < _now) throw new InvalidOperationException("You can't reverse time...");
        Advance(when - _now);
    }

    internal override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable cancelable)
    {
        lock (_lock) _items.Add(new Item(_now + delay, interval, action, cancelable));
    }

    private sealed record Item(DateTimeOffset At, TimeSpan? Interval, Action Action, ICancelable Cancelable);
}
