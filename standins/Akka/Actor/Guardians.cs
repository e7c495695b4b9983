using Akka.Event;

namespace Akka.Actor;

/// <summary>Root of the tree and parent of all top-level actors; takes no messages of its own.</summary>
internal sealed class GuardianActor : UntypedActor
{
    protected override void OnReceive(object message) =>
        Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);

    protected override void PreRestart(Exception reason, object message) { }
}

/// <summary>Parent of the runtime's own actors; ends after the user guardian.</summary>
internal sealed class SystemGuardianActor(IActorRef userGuardian) : UntypedActor
{
    protected override void PreStart() => Context.Watch(userGuardian);

    protected override void OnReceive(object message)
    {
        if (message is not Terminated)
        {
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
            return;
        }

        // Loggers live below this guardian: from here on standard output takes over.
        Context.System.EventStream.StopDefaultLoggers(Context.System);
        Context.Stop(Context.Parent);
    }

    protected override void PreRestart(Exception reason, object message) { }
}
