using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The scheduler under the name that configuration knows; the wheel is .NET's own timer queue.</summary>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDisposable
{
    private readonly ConcurrentDictionary<Timer, bool> _live = new();
    private volatile bool _disposed;

    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log) { }

    public override TimeSpan MonotonicClock => HighResMonotonicClock;
    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);
    protected override DateTimeOffset TimeNow => DateTimeOffset.Now;

    public void Dispose()
    {
        _disposed = true;
        foreach (var timer in _live.Keys) Release(timer);
        GC.SuppressFinalize(this);
    }

    internal override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable cancelable)
    {
        if (_disposed) throw new SchedulerException("cannot enqueue after timer shutdown");
        if (cancelable?.IsCancellationRequested == true) return;
        Timer timer = null;
        timer = new Timer(_ => Fire(timer, interval is null, action, cancelable), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _live[timer] = true;
        cancelable?.Token.UnsafeRegister(_ => Release(timer), null);
        try
        {
            timer.Change(delay, interval ?? Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Cancelled in the meantime.
        }
    }

    private void Fire(Timer timer, bool once, Action action, ICancelable cancelable)
    {
        if (once) Release(timer);
        if (_disposed || cancelable?.IsCancellationRequested == true) return;
        try
        {
            action();
        }
        catch (Exception e)
        {
            Log.Error(e, "Error while executing scheduled task");
        }
    }

    private void Release(Timer timer)
    {
        if (_live.TryRemove(timer, out _)) timer.Dispose();
    }
}
