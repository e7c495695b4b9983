using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>Says which log events or dead letters a test expects; they must pass the log level.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;

    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
    {
        _testkit = testkit;
        _system = system;
    }

    public IEventFilterApplier Exception<TException>(string message = null, string start = null, string contains = null, string source = null) where TException : Exception =>
        Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string source = null) where TException : Exception =>
        Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception(Type exceptionType, string message = null, string start = null, string contains = null, string source = null, bool checkInnerExceptions = false) =>
        Log<Error>(e => HasCause(e, exceptionType, Text(message, start, contains), checkInnerExceptions), source);

    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string source = null, bool checkInnerExceptions = false) =>
        Log<Error>(e => HasCause(e, exceptionType, pattern.IsMatch, checkInnerExceptions), source);

    public IEventFilterApplier Error(string message = null, string start = null, string contains = null, string source = null) => Log<Error>(Text(message, start, contains), source);
    public IEventFilterApplier Error(Regex pattern, string source = null) => Log<Error>(pattern.IsMatch, source);
    public IEventFilterApplier Warning(string message = null, string start = null, string contains = null, string source = null) => Log<Warning>(Text(message, start, contains), source);
    public IEventFilterApplier Warning(Regex pattern, string source = null) => Log<Warning>(pattern.IsMatch, source);
    public IEventFilterApplier Info(string message = null, string start = null, string contains = null, string source = null) => Log<Info>(Text(message, start, contains), source);
    public IEventFilterApplier Info(Regex pattern, string source = null) => Log<Info>(pattern.IsMatch, source);
    public IEventFilterApplier Debug(string message = null, string start = null, string contains = null, string source = null) => Log<Debug>(Text(message, start, contains), source);
    public IEventFilterApplier Debug(Regex pattern, string source = null) => Log<Debug>(pattern.IsMatch, source);

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Custom<LogEvent>(predicate);

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        Apply(e => e is TLogEvent logged && predicate(logged));

    public IEventFilterApplier DeadLetter() => Apply(e => e is DeadLetter);
    public IEventFilterApplier DeadLetter<TMessage>(string source = null) => DeadLetter<TMessage>(_ => true, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string source = null) => Apply(e =>
        e is DeadLetter { Message: TMessage message } letter && isMatch(message) && (source is null || letter.Recipient.Path.ToString() == source));

    private static Func<string, bool> Text(string message, string start, string contains) => text =>
        (message is null || text == message) && (start is null || text.StartsWith(start, StringComparison.Ordinal)) && (contains is null || text.Contains(contains));

    private static bool HasCause(LogEvent logged, Type type, Func<string, bool> matches, bool inner)
    {
        if (logged.Cause is not { } cause) return false;
        return Fits(cause) || (inner && Inner(cause).Any(Fits));

        bool Fits(Exception e) => type.IsInstanceOfType(e) && (matches(e.Message) || matches(logged.Message?.ToString() ?? ""));
    }

    private static IEnumerable<Exception> Inner(Exception e)
    {
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException) yield return inner;
    }

    private IEventFilterApplier Log<T>(Func<string, bool> matches, string source) where T : LogEvent =>
        Log<T>(e => matches(e.Message?.ToString() ?? ""), source);

    private IEventFilterApplier Log<T>(Predicate<T> matches, string source) where T : LogEvent =>
        Apply(e => e is T logged && matches(logged) && (source is null || logged.LogSource.StartsWith(source, StringComparison.Ordinal)));

    private IEventFilterApplier Apply(Func<object, bool> matches) => new EventFilterApplier(_testkit, _system, matches);
}
