using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Serilog;
using Serilog.Events;
using LogEvent = Akka.Event.LogEvent;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Passes Akka.NET's log events on to Serilog with their templates and arguments. Named in <c>akka.loggers</c>.
/// </summary>
internal sealed class SerilogLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Akka.NET creates the logger when an actor system starts.</summary>
    public SerilogLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    /// <summary>Writes one event of Akka.NET to Serilog.</summary>
    internal static void Write(LogEvent logged)
    {
        var level = logged.LogLevel() switch
        {
            LogLevel.DebugLevel => LogEventLevel.Debug,
            LogLevel.InfoLevel => LogEventLevel.Information,
            LogLevel.WarningLevel => LogEventLevel.Warning,
            _ => LogEventLevel.Error,
        };
        var log = Log.ForContext(logged.LogClass).ForContext("Source", logged.LogSource);
        if (logged.Cause is { } cause)
        {
            log = log.ForContext("Cause", cause.Message);
        }

        object[] arguments = logged.Message is LogMessage message ? [.. message.Parameters()] : [];
        var template = arguments.Length > 0 ? ((LogMessage)logged.Message).Format : Literal(logged.Message);
        log.Write(level, logged.Cause, template, arguments);
    }

    /// <summary>
    /// A template that stands for the text itself: braces in a finished text are no places for arguments.
    /// </summary>
    private static string Literal(object? text) => $"{text}".Replace("{", "{{").Replace("}", "}}");
}
