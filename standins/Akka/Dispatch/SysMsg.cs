using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.SysMsg;

/// <summary>Messages of the runtime; they overtake user messages and also reach suspended actors.</summary>
public interface ISystemMessage : INoSerializationVerificationNeeded;

/// <summary>Put off while the actor itself waits for its supervisor's decision.</summary>
internal interface IStashWhenFailed;

/// <summary>Put off while the actor waits for its children to stop.</summary>
internal interface IStashWhenWaitingForChildren;

public abstract class SystemMessage : ISystemMessage;

public sealed class Create : SystemMessage
{
    internal Create() { }
}

public sealed class Suspend : SystemMessage, IStashWhenWaitingForChildren;

public sealed class Resume : SystemMessage, IStashWhenWaitingForChildren
{
    public Resume(Exception causedByFailure) => CausedByFailure = causedByFailure;
    public Exception CausedByFailure { get; }
}

public sealed class Recreate : SystemMessage, IStashWhenWaitingForChildren
{
    public Recreate(Exception cause) => Cause = cause;
    public Exception Cause { get; }
}

public sealed class Terminate : SystemMessage, IDeadLetterSuppression;

public sealed class Failed : SystemMessage, IStashWhenFailed
{
    public Failed(IActorRef child, Exception cause, long uid)
    {
        Child = child;
        Cause = cause;
        Uid = uid;
    }

    public IActorRef Child { get; }
    public Exception Cause { get; }
    public long Uid { get; }
}

public class Watch : SystemMessage
{
    public Watch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }
    public IInternalActorRef Watcher { get; }
}

public sealed class Unwatch : SystemMessage
{
    public Unwatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }
    public IInternalActorRef Watcher { get; }
}

public sealed class DeathWatchNotification : SystemMessage, IDeadLetterSuppression
{
    public DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        Actor = actor;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    public IActorRef Actor { get; }
    public bool ExistenceConfirmed { get; }
    public bool AddressTerminated { get; }
}

/// <summary>A step of a ReceiveAsync task, or its end, carried out on the actor's own turn.</summary>
internal sealed class ActorTaskStep(Action step) : SystemMessage
{
    public void Run() => step();
}
