namespace Akka.Actor;

public readonly struct Envelope
{
    public Envelope(object message, IActorRef sender)
    {
        Message = message;
        Sender = sender;
    }

    public object Message { get; }
    public IActorRef Sender { get; }
}
