using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace R1Reward.Conformance.AkkaCore;

/// <summary>A logger of one's own, as the application has for Serilog.</summary>
public sealed class CollectingLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public static readonly System.Collections.Concurrent.ConcurrentQueue<LogEvent> Events = new();

    public CollectingLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Events.Enqueue);
    }
}

public sealed class LoggingTests : TestKit
{
    public LoggingTests() : base(ConfigurationFactory.ParseString($$"""
        akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit",
                        "{{typeof(CollectingLogger).FullName}}, {{typeof(CollectingLogger).Assembly.GetName().Name}}"]
        akka.loglevel = INFO
        akka.log-dead-letters = 3
        """)) { }

    [Fact]
    public async Task An_own_logger_gets_events_at_and_above_the_level_with_template_and_arguments()
    {
        var name = $"logs-{Guid.NewGuid():N}";
        Sys.ActorOf(Props.Create(() => new Logs()), name);
        await AwaitAssertAsync(() => Assert.Equal(3, Mine(name).Length));
        var events = Mine(name);
        Assert.Equal(["plain", "warned with 7", "failed"], events.Select(e => e.Message.ToString()));
        var template = Assert.IsAssignableFrom<LogMessage>(events[1].Message);
        Assert.Equal("warned with {0}", template.Format);
        Assert.Equal([7], template.Parameters());
        Assert.Equal(LogLevel.ErrorLevel, events[2].LogLevel());
        Assert.IsType<InvalidOperationException>(events[2].Cause);
        Assert.Equal(typeof(Logs), events[0].LogClass);
        Assert.Equal(DateTimeKind.Utc, events[0].Timestamp.Kind);
    }

    [Fact]
    public async Task EventFilter_counts_what_matches_and_fails_on_too_few()
    {
        await EventFilter.Warning(contains: "careful").ExpectAsync(2, () =>
        {
            Sys.Log.Warning("careful {0}", 1);
            Sys.Log.Warning("careful {0}", 2);
            return Task.CompletedTask;
        });
        EventFilter.Exception<InvalidOperationException>(contains: "broken").ExpectOne(() => Sys.Log.Error(new InvalidOperationException("broken"), "text"));
        await Assert.ThrowsAnyAsync<XunitException>(() => EventFilter.Info("never").ExpectOneAsync(TimeSpan.FromMilliseconds(50), () => Task.CompletedTask));
        await EventFilter.Info("never").ExpectAsync(0, TimeSpan.FromMilliseconds(50), () => Task.CompletedTask);
    }

    [Fact]
    public async Task Dead_letters_are_logged_so_often_and_then_no_more()
    {
        // Its answer shows that the listener has subscribed.
        await Sys.ActorSelection("/system/deadLetterListener").ResolveOne(TimeSpan.FromSeconds(3));
        await EventFilter.Info(contains: "dead letters encountered").ExpectAsync(3, TimeSpan.FromSeconds(1), () =>
        {
            for (var i = 0; i < 6; i++) Sys.DeadLetters.Tell(i);
            return Task.CompletedTask;
        });
        await EventFilter.Info(contains: "dead letters encountered").ExpectAsync(0, TimeSpan.FromMilliseconds(100), () =>
        {
            Sys.DeadLetters.Tell("quiet");
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task EventFilter_sees_dead_letters() =>
        await EventFilter.DeadLetter<string>().ExpectOneAsync(() =>
        {
            Sys.DeadLetters.Tell("lost");
            return Task.CompletedTask;
        });

    [Fact]
    public async Task The_event_stream_tells_subscribers_of_the_type_and_its_bases_until_they_unsubscribe()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Exception)));
        Sys.EventStream.Publish(new InvalidOperationException("derived"));
        Assert.Equal("derived", (await ExpectMsgAsync<InvalidOperationException>()).Message);
        Sys.EventStream.Publish("other type");
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Exception)));
        Sys.EventStream.Publish(new InvalidOperationException("late"));
        await ExpectNoMsgAsync(50);
    }

    private static LogEvent[] Mine(string name) => CollectingLogger.Events.Where(e => e.LogSource.EndsWith("/user/" + name, StringComparison.Ordinal)).ToArray();

    private sealed class Logs : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void PreStart()
        {
            _log.Debug("below the level");
            _log.Info("plain");
            _log.Warning("warned with {0}", 7);
            _log.Error(new InvalidOperationException("boom"), "failed");
        }

        protected override void OnReceive(object message) { }
    }
}
