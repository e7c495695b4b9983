using Akka.Actor;

namespace R1Reward.Conformance.AkkaCore;

/// <summary>Runs the delegate it is sent, with itself; tells the observer of its life.</summary>
internal sealed class Puppet : UntypedActor
{
    private readonly IActorRef _observer;

    public Puppet(IActorRef observer)
    {
        _observer = observer;
        _observer.Tell("created");
    }

    protected override void PreStart() => _observer.Tell("PreStart");
    protected override void PostStop() => _observer.Tell("PostStop");

    protected override void PreRestart(Exception reason, object message)
    {
        _observer.Tell($"PreRestart {message}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _observer.Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Exception e: throw e;
            case Action<IActorContext> action: action(Context); break;
            default: Sender.Tell(message); break;
        }
    }
}

/// <summary>Makes children on request and treats them by the given strategy.</summary>
internal sealed class Parent : UntypedActor
{
    private readonly SupervisorStrategy _strategy;

    public Parent(SupervisorStrategy strategy) => _strategy = strategy;

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    protected override void OnReceive(object message)
    {
        if (message is Props props) Sender.Tell(Context.ActorOf(props));
        else if (message is Terminated) Unhandled(message);
    }
}
