namespace Akka.Event;

public interface ILogMessageFormatter
{
    string Format(string format, params object[] args);
    string Format(string format, IEnumerable<object> args);
}

/// <summary>Composite formatting, as string.Format.</summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    private DefaultLogMessageFormatter() { }

    public string Format(string format, params object[] args) => string.Format(format, args);
    public string Format(string format, IEnumerable<object> args) => string.Format(format, args.ToArray());
}

/// <summary>A template with its arguments, formatted only if a logger asks for the text.</summary>
public abstract class LogMessage
{
    protected readonly ILogMessageFormatter Formatter;

    protected LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    public string Format { get; private set; }

    public abstract string Unformatted();
    public abstract IEnumerable<object> Parameters();
}

internal sealed class DefaultLogMessage(ILogMessageFormatter formatter, string format, params object[] args) : LogMessage(formatter, format)
{
    public override string ToString() => Formatter.Format(Format, args);
    public override string Unformatted() => string.Join(",", args);
    public override IEnumerable<object> Parameters() => args;
}
