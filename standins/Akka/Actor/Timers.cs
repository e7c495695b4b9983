namespace Akka.Actor;

/// <summary>Messages to oneself under keys; gone with the actor's instance.</summary>
public interface ITimerScheduler
{
    IReadOnlyCollection<object> ActiveTimers { get; }
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);
    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);
    void StartSingleTimer(object key, object msg, TimeSpan timeout);
    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);
    bool IsTimerActive(object key);
    void Cancel(object key);
    void CancelAll();
}

public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Tick> _timers = [];

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval, ActorRefs.NoSender);
    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) => Start(key, msg, interval, interval, sender);
    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) => Start(key, msg, initialDelay, interval, ActorRefs.NoSender);
    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) => Start(key, msg, initialDelay, interval, sender);
    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, ActorRefs.NoSender);
    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, null, sender);
    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var tick)) tick.Task.Cancel();
    }

    public void CancelAll()
    {
        foreach (var tick in _timers.Values) tick.Task.Cancel();
        _timers.Clear();
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        Cancel(key);
        var scheduler = cell.System.Scheduler;
        var task = new Cancelable(scheduler);
        var tick = message is INotInfluenceReceiveTimeout
            ? new SilentTick(this, key, message, interval is not null, task)
            : new Tick(this, key, message, interval is not null, task);
        _timers[key] = tick;
        if (interval is { } repeat)
            scheduler.ScheduleTellRepeatedly(delay, repeat, cell.Self, tick, sender, task);
        else
            scheduler.ScheduleTellOnce(delay, cell.Self, tick, sender, task);
    }

    /// <summary>A timer's message in the mailbox; only the tick of the running timer counts.</summary>
    internal class Tick(TimerScheduler owner, object key, object message, bool repeats, ICancelable task) : IScheduledTellMsg
    {
        public object Message => message;
        public ICancelable Task => task;

        public bool TryTake()
        {
            if (!owner._timers.TryGetValue(key, out var current) || current != this) return false;
            if (!repeats) owner._timers.Remove(key);
            return true;
        }
    }

    private sealed class SilentTick(TimerScheduler owner, object key, object message, bool repeats, ICancelable task)
        : Tick(owner, key, message, repeats, task), INotInfluenceReceiveTimeout;
}
