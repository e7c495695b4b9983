using System.Threading.Channels;
using Akka.Actor;

namespace Akka.TestKit;

/// <summary>A message as the test actor got it.</summary>
public abstract class MessageEnvelope
{
    public abstract object Message { get; }
    public abstract IActorRef Sender { get; }
}

internal sealed class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
{
    public override object Message => message;
    public override IActorRef Sender => sender;
}

/// <summary>Puts whatever it gets into the test's queue.</summary>
internal sealed class InternalTestActor(ChannelWriter<MessageEnvelope> queue) : UntypedActor
{
    private Func<object, bool> _ignore;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SetIgnore set:
                _ignore = set.Ignore;
                return;
            case WatchFor watch:
                Context.Watch(watch.Actor);
                Sender.Tell(message);
                return;
            case UnwatchFor unwatch:
                Context.Unwatch(unwatch.Actor);
                Sender.Tell(message);
                return;
            case Spawn spawn:
                Sender.Tell(Context.ActorOf(spawn.Props, spawn.Name));
                return;
        }

        if (_ignore?.Invoke(message) != true) queue.TryWrite(new RealMessageEnvelope(message, Sender));
    }

    internal sealed record SetIgnore(Func<object, bool> Ignore) : INoSerializationVerificationNeeded;

    internal sealed record WatchFor(IActorRef Actor) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchFor(IActorRef Actor) : INoSerializationVerificationNeeded;

    internal sealed record Spawn(Props Props, string Name) : INoSerializationVerificationNeeded;
}
