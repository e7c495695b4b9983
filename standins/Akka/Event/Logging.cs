using Akka.Actor;

namespace Akka.Event;

/// <summary>What a log event names as its origin: a text and a type.</summary>
public readonly struct LogSource
{
    private LogSource(string source, Type type)
    {
        Source = source;
        Type = type;
    }

    public string Source { get; }
    public Type Type { get; }

    public static LogSource Create(object o, ActorSystem system) => o switch
    {
        IActorContext context => new LogSource(FromActorRef(context.Self, system), context.Props.Type),
        IActorRef actor => new LogSource(FromActorRef(actor, system), actor.GetType()),
        string text => new LogSource($"{text} ({system})", typeof(DummyClassForStringSources)),
        Type type => new LogSource($"{type.Name} ({system})", type),
        LogSource source => source,
        _ => new LogSource($"{o.GetType().Name} ({system})", o.GetType())
    };

    public static LogSource Create(string source, Type t) => new(source, t);

    // The address may be unknown while remoting starts.
    private static string FromActorRef(IActorRef actor, ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider.DefaultAddress is { } address ? actor.Path.ToStringWithAddress(address) : actor.Path.ToString();
}

public class DummyClassForStringSources;

public static class Logging
{
    private const LogLevel Off = (LogLevel)int.MaxValue;

    public static string SimpleName(object o) => SimpleName(o.GetType());
    public static string SimpleName(Type t) => t.Name;

    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter logMessageFormatter = null) =>
        GetLogger(context.System, context, logMessageFormatter);

    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter logMessageFormatter = null)
    {
        var source = LogSource.Create(logSourceObj, system);
        return new BusLogging(system.EventStream, source.Source, source.Type, logMessageFormatter ?? DefaultLogMessageFormatter.Instance);
    }

    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentException("Unknown LogLevel", nameof(logLevel))
    };

    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        Off => "OFF",
        _ => throw new ArgumentException("Unknown LogLevel", nameof(logLevel))
    };

    public static LogLevel LogLevelFor(string logLevel) => logLevel?.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => Off,
        _ => throw new ArgumentException($"Unknown LogLevel: \"{logLevel}\". Valid values are: \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\", \"OFF\"", nameof(logLevel))
    };
}
