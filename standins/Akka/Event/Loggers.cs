using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Event;

/// <summary>The first message to a logger; it subscribes to nothing, it only answers <see cref="LoggerInitialized"/>.</summary>
public class InitializeLogger : INoSerializationVerificationNeeded
{
    public InitializeLogger(LoggingBus loggingBus) => LoggingBus = loggingBus;

    public LoggingBus LoggingBus { get; }
}

public class LoggerInitialized : INoSerializationVerificationNeeded;

public interface ILoggerMessageQueueSemantics : ISemantics;

/// <summary>A logger that is no actor: usable before the system is up and after it is down.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    public sealed override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "StandardOutLogger";
    public sealed override IActorRefProvider Provider => throw new NotSupportedException("This logger does not provide.");

    protected sealed override void TellInternal(object message, IActorRef sender) => Log(message);

    protected abstract void Log(object message);
}

public class StandardOutLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        string text;
        try
        {
            text = message.ToString();
        }
        catch (FormatException e)
        {
            text = $"[ERROR] A log template does not fit its arguments: {e.Message} {((message as LogEvent)?.Message as LogMessage)?.Format}";
        }

        Console.WriteLine(text);
    }
}

/// <summary>Writes the log to standard output.</summary>
public class DefaultLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logged:
                Print(logged);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => Context.System.Settings.StdoutLogger.Tell(logEvent);
}
