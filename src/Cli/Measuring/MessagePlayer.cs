using Akka.Actor;

namespace R1Reward.Cli.Measuring;

/// <summary>Sends one message back and forth; each way counts as one.</summary>
internal sealed class MessagePlayer(IActorRef partner, TaskCompletionSource done, int messages) : UntypedActor
{
    private int _left = messages / 2;

    protected override void OnReceive(object message)
    {
        if (_left-- == 0)
        {
            done.SetResult();
        }
        else
        {
            partner.Tell(message, Self);
        }
    }
}
