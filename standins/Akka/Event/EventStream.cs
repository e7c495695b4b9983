using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Event;

/// <summary>Publish and subscribe inside one system, by the type of the event; also what the loggers listen to.</summary>
public class EventStream : LoggingBus
{
    private readonly bool _debug;

    public EventStream(bool debug) => _debug = debug;

    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        if (_debug) Publish(new Debug(nameof(EventStream), GetType(), $"subscribing {subscriber} to channel {channel}"));
        return base.Subscribe(subscriber, channel);
    }
}

/// <summary>The event stream's base: subscriptions and loggers.</summary>
public class LoggingBus
{
    private static int _loggerNumber;
    private readonly Lock _lock = new();
    private readonly List<IActorRef> _loggers = [];
    private ImmutableList<(Type Channel, IActorRef Subscriber)> _subscriptions = [];

    private protected LoggingBus() { }

    public LogLevel LogLevel { get; private set; }

    public virtual bool Subscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (_subscriptions.Contains((classifier, subscriber))) return false;
            _subscriptions = _subscriptions.Add((classifier, subscriber));
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type classifier) => Remove(s => s.Subscriber.Equals(subscriber) && s.Channel == classifier);
    public virtual bool Unsubscribe(IActorRef subscriber) => Remove(s => s.Subscriber.Equals(subscriber));

    /// <summary>Tells every subscriber of the event's type or one of its bases, each once.</summary>
    public void Publish(object @event)
    {
        HashSet<IActorRef> told = null;
        foreach (var (channel, subscriber) in _subscriptions)
        {
            if (!channel.IsInstanceOfType(@event)) continue;
            if (subscriber is IInternalActorRef { IsTerminated: true })
                Unsubscribe(subscriber);
            else if ((told ??= []).Add(subscriber))
                subscriber.Tell(@event);
        }
    }

    public void StartStdoutLogger(Settings config)
    {
        SubscribeFrom(Logging.LogLevelFor(config.StdoutLogLevel), config.StdoutLogger);
        LogLevel = Logging.LogLevelFor(config.LogLevel);
    }

    public void SetLogLevel(LogLevel logLevel)
    {
        LogLevel = logLevel;
        foreach (var logger in _loggers)
        {
            Unsubscribe(logger);
            SubscribeFrom(logLevel, logger);
        }
    }

    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var timeout = system.Settings.LoggerStartTimeout;
        var started = system.Settings.Loggers.ToDictionary(name => name, name => StartLogger(system, name));
        if (!Task.WaitAll(started.Values.ToArray(), timeout))
            foreach (var (name, _) in started.Where(s => !s.Value.IsCompleted))
                Publish(new Warning(nameof(LoggingBus), GetType(),
                    $"Logger {name} did not respond within {timeout} to InitializeLogger(bus); it gets what is logged after its answer."));
        if (system.Settings.DebugUnhandledMessage)
            Subscribe(system.SystemActorOf(Props.Create(() => new UnhandledMessageForwarder()), "UnhandledMessageForwarder"), typeof(UnhandledMessage));
        Unsubscribe(system.Settings.StdoutLogger);
    }

    internal void StopDefaultLoggers(ActorSystem system)
    {
        SubscribeFrom(Logging.LogLevelFor(system.Settings.StdoutLogLevel), system.Settings.StdoutLogger);
        foreach (var logger in _loggers) Unsubscribe(logger);
    }

    private Task StartLogger(ActorSystemImpl system, string typeName)
    {
        var type = Util.TypeLookup.Find(typeName) ??
            throw new Configuration.ConfigurationException($"Logger specified in config cannot be found: \"{typeName}\"");
        var props = Props.Create(type).WithDispatcher(system.Settings.LoggersDispatcher);
        var logger = system.SystemActorOf(props, $"log{Interlocked.Increment(ref _loggerNumber)}-{type.Name}");
        return Initialize(system, logger);
    }

    private async Task Initialize(ActorSystemImpl system, IActorRef logger)
    {
        var answer = await logger.Ask(new InitializeLogger(this), Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (answer is not LoggerInitialized)
        {
            Publish(new Error(null, nameof(LoggingBus), GetType(),
                $"Logger {logger} did not respond with {nameof(LoggerInitialized)}, sent instead {answer.GetType()}. Stopping logger."));
            system.Stop(logger);
            return;
        }

        lock (_lock) _loggers.Add(logger);
        SubscribeFrom(LogLevel, logger);
    }

    private void SubscribeFrom(LogLevel level, IActorRef logger)
    {
        foreach (var each in Enum.GetValues<LogLevel>().Where(l => l >= level)) Subscribe(logger, each.ClassFor());
    }

    private bool Remove(Predicate<(Type Channel, IActorRef Subscriber)> match)
    {
        lock (_lock)
        {
            var before = _subscriptions;
            _subscriptions = before.RemoveAll(match);
            return _subscriptions.Count < before.Count;
        }
    }

    private sealed class UnhandledMessageForwarder : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is UnhandledMessage unhandled)
                Context.System.EventStream.Publish(new Debug(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(),
                    $"Unhandled message from {unhandled.Sender?.Path.ToString() ?? "NoSender"} : {unhandled.Message}"));
        }
    }
}
