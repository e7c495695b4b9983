using Akka.Actor;

namespace R1Reward.Cli.Measuring;

/// <summary>Counts messages and says when all have come.</summary>
internal sealed class MessageSink(TaskCompletionSource done, int expected) : UntypedActor
{
    private int _left = expected;

    protected override void OnReceive(object message)
    {
        if (--_left == 0)
        {
            done.SetResult();
        }
    }
}
