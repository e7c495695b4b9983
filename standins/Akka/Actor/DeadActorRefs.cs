using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A ref to nobody under a path: what it gets becomes a dead letter, watchers are told at once.</summary>
public class EmptyLocalActorRef : MinimalActorRef
{
    public EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    {
        Provider = provider;
        Path = path;
        EventStream = eventStream;
    }

    public override ActorPath Path { get; }
    public override IActorRefProvider Provider { get; }
    public override bool IsTerminated => true;
    internal EventStream EventStream { get; }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            case ActorSelectionMessage { Message: Identify identify }:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            case ActorSelectionMessage selection:
                Publish(selection.Message, sender);
                break;
            default:
                Publish(message, sender);
                break;
        }
    }

    private protected virtual void Publish(object message, IActorRef sender)
    {
        if (message is DeadLetter letter)
            EventStream.Publish(letter);
        else if (message is IDeadLetterSuppression suppressed)
            EventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? Provider.DeadLetters, this));
        else
            EventStream.Publish(new DeadLetter(message, sender ?? Provider.DeadLetters, this));
    }
}

/// <summary>Where undeliverable messages end: published as <see cref="DeadLetter"/> on the event stream.</summary>
public sealed class DeadLetterActorRef : EmptyLocalActorRef
{
    public DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream) : base(provider, path, eventStream) { }

    public override bool IsTerminated => false;

    private protected override void Publish(object message, IActorRef sender)
    {
        if (message is DeadLetter { Message: IDeadLetterSuppression suppressed } letter)
            EventStream.Publish(new SuppressedDeadLetter(suppressed, letter.Sender, letter.Recipient));
        else
            base.Publish(message, sender);
    }
}
