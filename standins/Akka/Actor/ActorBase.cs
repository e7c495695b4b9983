using Akka.Event;

namespace Akka.Actor;

/// <summary>Base of every actor: one message at a time, life-cycle hooks, a supervisor strategy for its children.</summary>
public abstract class ActorBase
{
    private SupervisorStrategy _supervisorStrategy;

    protected ActorBase()
    {
        var cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"You cannot create an instance of [{GetType()}] explicitly using the constructor (new). " +
            "Use one of the 'ActorOf' factory methods with Props.");
        Cell = cell;
        cell.Become(Receive);
        if (this is IWithTimers timed) timed.Timers = new TimerScheduler(cell);
    }

    protected IActorRef Self => Cell.Self;
    protected IActorRef Sender => Cell.Sender;

    protected static IActorContext Context => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    internal ActorCell Cell { get; }

    internal SupervisorStrategy SupervisorStrategyInternal
    {
        get => _supervisorStrategy ??= SupervisorStrategy();
        set => _supervisorStrategy = value;
    }

    protected abstract bool Receive(object message);

    protected virtual void PreStart() { }
    protected virtual void PostStop() { }

    /// <summary>Runs on the failed instance; stops all children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Cell.GetChildren())
        {
            Cell.Unwatch(child);
            Cell.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new instance; calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message)) return true;
        Unhandled(message);
        return false;
    }

    public virtual void AroundPreStart() => PreStart();
    public virtual void AroundPreRestart(Exception cause, object message) => PreRestart(cause, message);
    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);
    public virtual void AroundPostStop() => PostStop();

    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Cell.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    protected void Become(Receive receive) => Cell.Become(receive);
    protected void BecomeStacked(Receive receive) => Cell.BecomeStacked(receive);
    protected void UnbecomeStacked() => Cell.UnbecomeStacked();
    protected void SetReceiveTimeout(TimeSpan? timeout) => Cell.SetReceiveTimeout(timeout);
}
