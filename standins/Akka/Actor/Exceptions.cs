namespace Akka.Actor;

public abstract class AkkaException : Exception
{
    protected AkkaException() { }
    protected AkkaException(string message, Exception cause = null) : base(message, cause) { }
}

public class InvalidActorNameException : AkkaException
{
    public InvalidActorNameException(string message) : base(message) { }
    public InvalidActorNameException(string message, Exception innerException) : base(message, innerException) { }
}

public class AskTimeoutException : AkkaException
{
    public AskTimeoutException(string message) : base(message) { }
}

/// <summary>The constructor or PreStart failed; the default strategy stops the actor.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException() { }
    public ActorInitializationException(string message) : base(message) { }
    public ActorInitializationException(string message, Exception cause) : base(message, cause) { }
    public ActorInitializationException(IActorRef actor, string message, Exception cause = null) : base(message, cause) => Actor = actor;

    public IActorRef Actor { get; set; }
}

public class ActorKilledException : AkkaException
{
    public ActorKilledException(string message) : base(message) { }
}

public class IllegalActorStateException : AkkaException
{
    public IllegalActorStateException(string message) : base(message) { }
}

public class IllegalActorNameException : AkkaException
{
    public IllegalActorNameException(string message) : base(message) { }
}

/// <summary>A watched actor ended and the watcher did not handle Terminated.</summary>
public class DeathPactException : AkkaException
{
    public DeathPactException(IActorRef deadActor) : base("Monitored actor [" + deadActor + "] terminated") => DeadActor = deadActor;

    public IActorRef DeadActor { get; }
}

public class PreRestartException : AkkaException
{
    public PreRestartException(IActorRef actor, Exception restartException, Exception cause, object optionalMessage)
        : base($"Actor [{actor}] failed in PreRestart", cause)
    {
        Actor = actor;
        RestartException = restartException;
        OptionalMessage = optionalMessage;
    }

    public Exception RestartException { get; }
    public object OptionalMessage { get; }
    private IActorRef Actor { get; }
}

public class PostRestartException : ActorInitializationException
{
    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause?.GetType().ToString() ?? "null"})", cause) => OriginalCause = originalCause;

    public Exception OriginalCause { get; }
}

public class InvalidMessageException : AkkaException
{
    public InvalidMessageException() : this("Message is null") { }
    public InvalidMessageException(string message) : base(message) { }
}

public class StashOverflowException : AkkaException
{
    public StashOverflowException(string message, Exception cause = null) : base(message, cause) { }
}

public sealed class SchedulerException : AkkaException
{
    public SchedulerException(string message) : base(message) { }
}
