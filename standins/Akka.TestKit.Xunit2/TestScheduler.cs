using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>A scheduler whose time only moves when told; one step over several intervals fires a repetition once.</summary>
public class TestScheduler : IScheduler
{
    private readonly Timeline _timeline;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log) => _timeline = new Timeline(schedulerConfig, log);

    public IAdvancedScheduler Advanced => _timeline;
    public DateTimeOffset Now => _timeline.Now;
    public TimeSpan MonotonicClock => _timeline.MonotonicClock;
    public TimeSpan HighResMonotonicClock => _timeline.HighResMonotonicClock;

    public void Advance(TimeSpan offset) => _timeline.Advance(offset);

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < Now) throw new InvalidOperationException("You can't reverse time...");
        Advance(when - Now);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        Tells.ScheduleTellOnce(delay, receiver, message, sender);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Tells.ScheduleTellOnce(delay, receiver, message, sender, cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        Tells.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Tells.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);

    private ITellScheduler Tells => _timeline;

    private sealed class Timeline : SchedulerBase
    {
        private readonly Lock _lock = new();
        private readonly List<Item> _items = [];

        public Timeline(Config schedulerConfig, ILoggingAdapter log) : base(schedulerConfig, log) { }

        public DateTimeOffset Now { get; private set; } = DateTimeOffset.UtcNow;
        public override TimeSpan MonotonicClock => HighResMonotonicClock;
        public override TimeSpan HighResMonotonicClock => System.Diagnostics.Stopwatch.GetElapsedTime(0);
        protected override DateTimeOffset TimeNow => Now;

        public void Advance(TimeSpan offset)
        {
            Item[] due;
            lock (_lock)
            {
                Now += offset;
                due = _items.Where(i => i.At <= Now).OrderBy(i => i.At).ToArray();
                foreach (var item in due) _items.Remove(item);
            }

            foreach (var item in due)
            {
                if (item.Cancelable?.IsCancellationRequested == true) continue;
                item.Action();
                if (item.Interval is not { } interval || item.Cancelable?.IsCancellationRequested == true) continue;
                lock (_lock) _items.Add(item with { At = Now + interval });
            }
        }

        internal override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable cancelable)
        {
            lock (_lock) _items.Add(new Item(Now + delay, interval, action, cancelable));
        }

        private sealed record Item(DateTimeOffset At, TimeSpan? Interval, Action Action, ICancelable Cancelable);
    }
}
