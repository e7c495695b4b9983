using Akka.Actor;

namespace R1Reward.Cli.Measuring;

/// <summary>Sends every message back to its sender.</summary>
internal sealed class MessageEcho : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}
