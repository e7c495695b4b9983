namespace Akka.Actor;

public interface IActorRefFactory
{
    IActorRef ActorOf(Props props, string name = null);
    ActorSelection ActorSelection(ActorPath actorPath);
    ActorSelection ActorSelection(string actorPath);
}

public interface ICanWatch
{
    IActorRef Watch(IActorRef subject);
    IActorRef WatchWith(IActorRef subject, object message);
    IActorRef Unwatch(IActorRef subject);
}

public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }
    Props Props { get; }
    IActorRef Sender { get; }
    ActorSystem System { get; }
    IActorRef Parent { get; }
    TimeSpan? ReceiveTimeout { get; }
    void Stop(IActorRef child);
    IActorRef Child(string name);
    IEnumerable<IActorRef> GetChildren();
    void Become(Receive receive);
    void BecomeStacked(Receive receive);
    void UnbecomeStacked();
    void SetReceiveTimeout(TimeSpan? timeout);
}

public interface IUntypedActorContext : IActorContext
{
    void Become(UntypedReceive receive);
    void BecomeStacked(UntypedReceive receive);
}

/// <summary>Handles a message; false means unhandled.</summary>
public delegate bool Receive(object message);

public delegate void UntypedReceive(object message);
