using Akka.Actor;

namespace R1Reward.Bench.Messages;

/// <summary>Counts messages and says when all have come.</summary>
internal sealed class Sink(TaskCompletionSource done, int expected) : UntypedActor
{
    private int _left = expected;

    protected override void OnReceive(object message)
    {
        if (--_left == 0) done.SetResult();
    }
}

internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}

/// <summary>Sends a message back and forth; each way counts as one.</summary>
internal sealed class Player(IActorRef partner, TaskCompletionSource done, int messages) : UntypedActor
{
    private int _left = messages / 2;

    protected override void OnReceive(object message)
    {
        if (_left-- == 0) done.SetResult();
        else partner.Tell(message, Self);
    }
}
