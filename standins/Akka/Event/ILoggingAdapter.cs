namespace Akka.Event;

public interface ILoggingAdapter
{
    ILogMessageFormatter Formatter { get; }
    bool IsDebugEnabled { get; }
    bool IsInfoEnabled { get; }
    bool IsWarningEnabled { get; }
    bool IsErrorEnabled { get; }
    bool IsEnabled(LogLevel logLevel);
    void Log(LogLevel logLevel, Exception cause, string format);
    void Log(LogLevel logLevel, Exception cause, LogMessage message);
}

/// <summary>Publishes log events on the stream that the loggers listen to.</summary>
public sealed class BusLogging : ILoggingAdapter
{
    private readonly LoggingBus _bus;

    public BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter)
    {
        _bus = bus;
        LogSource = logSource;
        LogClass = logClass;
        Formatter = logMessageFormatter;
    }

    public string LogSource { get; }
    public Type LogClass { get; }
    public ILogMessageFormatter Formatter { get; }
    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);
    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);
    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);
    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _bus.LogLevel;
    public void Log(LogLevel logLevel, Exception cause, string format) => Publish(logLevel, cause, format);
    public void Log(LogLevel logLevel, Exception cause, LogMessage message) => Publish(logLevel, cause, message);

    private void Publish(LogLevel level, Exception cause, object message) => _bus.Publish(level switch
    {
        LogLevel.DebugLevel => new Debug(cause, LogSource, LogClass, message),
        LogLevel.InfoLevel => new Info(cause, LogSource, LogClass, message),
        LogLevel.WarningLevel => new Warning(cause, LogSource, LogClass, message),
        _ => new Error(cause, LogSource, LogClass, message)
    });
}
