using Akka.Actor;
using Akka.Event;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>Passes on what its system logs from warnings on, one text each.</summary>
internal sealed class LogListener : ReceiveActor
{
    public LogListener(Action<string> hear)
    {
        Receive<LogEvent>(logged => hear($"{logged}"));
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(Warning));
        Context.System.EventStream.Subscribe(Self, typeof(Error));
    }
}
