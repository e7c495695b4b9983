using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Serilog;
using Serilog.Events;
using LogEvent = Akka.Event.LogEvent;

namespace R1Reward.Actors.Hosting;

/// <summary>Passes Akka.NET's log events on to Serilog, templates and arguments apart. Named in <c>akka.loggers</c>.</summary>
public sealed class SerilogLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Called by Akka.NET.</summary>
    public SerilogLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private static void Write(LogEvent logged)
    {
        var level = logged.LogLevel() switch
        {
            LogLevel.DebugLevel => LogEventLevel.Debug,
            LogLevel.InfoLevel => LogEventLevel.Information,
            LogLevel.WarningLevel => LogEventLevel.Warning,
            _ => LogEventLevel.Error,
        };
        var log = Log.ForContext("Source", logged.LogSource);
        if (logged.Cause is { } cause)
        {
            log = log.ForContext("Cause", cause.Message);
        }

        log.Write(level, "{Text}", logged.Message?.ToString());
    }
}
