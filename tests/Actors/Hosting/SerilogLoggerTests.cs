using Akka.Actor;
using Akka.Event;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using LogEvent = Serilog.Events.LogEvent;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Akka.NET's log events as they reach Serilog.</summary>
public sealed class SerilogLoggerTests : IAsyncLifetime
{
    private static readonly string _config =
        $$"""akka { stdout-loglevel = OFF, loggers = ["{{typeof(SerilogLogger).FullName}}, R1Reward.Actors"] }""";

    private readonly RunEnricher _enricher = new();
    private readonly TaskCompletionSource _ended = new();
    private readonly List<LogEvent> _events = [];
    private readonly ILogger _before = Log.Logger;
    private readonly ActorSystem _system;
    private readonly ILoggingAdapter _log;

    public SerilogLoggerTests()
    {
        Log.Logger = new LoggerConfiguration()
            .Enrich.With(_enricher)
            .WriteTo.Sink(new Collected(Collect))
            .CreateLogger();
        _system = ActorSystem.Create("logged", _config);
        _log = Logging.GetLogger(_system, "here");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        Log.Logger = _before;
    }

    [Theory]
    [InlineData("{0} of {1} items were lost", "0", "1")]
    [InlineData("{Lost} of {All} items were lost", "Lost", "All")]
    public async Task A_template_keeps_its_arguments(string template, string first, string second)
    {
        _log.Warning(template, 3, 4);

        var logged = await OneAsync();
        Assert.Contains("SourceContext", logged.Properties.Keys);
        Assert.Contains("Akka.", logged.Properties["SourceContext"].ToString(), StringComparison.Ordinal);
        Assert.Equal(
            (LogEventLevel.Warning, "3", "4"),
            (logged.Level, logged.Properties[first].ToString(), logged.Properties[second].ToString()));
    }

    [Fact]
    public async Task Braces_in_a_finished_text_are_text()
    {
        _log.Info("a message with {0} and { \"key\": {} }");

        Assert.Equal("a message with {0} and { \"key\": {} }", (await OneAsync()).RenderMessage(null));
    }

    [Fact]
    public async Task A_failure_keeps_its_exception()
    {
        var failure = new InvalidOperationException("no more room");
        _log.Error(failure, "writing {0}", "a file");

        var logged = await OneAsync();
        Assert.Equal(("writing \"a file\"", failure), (logged.RenderMessage(null), logged.Exception));
        Assert.Equal("\"no more room\"", logged.Properties["Cause"].ToString());
    }

    [Fact]
    public async Task An_event_names_the_step_that_the_node_works_on()
    {
        _enricher.Follow(_system);
        _system.EventStream.Publish(new CurrentWork(WorkId.Rollout(BatchId.ForStep(7), 1)));
        _system.EventStream.Publish(new CurrentWork(WorkId.Rollout(BatchId.ForEvaluation("rl"), 1)));
        var follower = _system.ActorSelection("/user/log-step");
        await follower.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(10));
        _log.Info("at work");

        var logged = await OneAsync();
        Assert.Equal(("7", "\"node\""), (logged.Properties["Step"].ToString(), logged.Properties["Role"].ToString()));
    }

    [Theory]
    [InlineData("akka://r1reward/user/node/rollout-0", "rollout", "rollout-0")]
    [InlineData("[akka://r1reward/user/node/judge]", "judge", "judge")]
    [InlineData("akka://r1reward/user/coordinator/singleton", "coordinator", "")]
    public void The_path_of_an_actor_tells_its_role_and_its_worker(string source, string role, string worker)
    {
        using var logger = new LoggerConfiguration()
            .Enrich.With(new RunEnricher())
            .WriteTo.Sink(new Collected(_events.Add))
            .CreateLogger();

        logger.ForContext("Source", source).Information("here");

        var logged = Assert.Single(_events);
        Assert.Equal(
            ($"\"{role}\"", $"\"{worker}\""),
            (logged.Properties["Role"].ToString(), logged.Properties["Worker"].ToString()));
    }

    private async Task<LogEvent> OneAsync()
    {
        // The logger is one actor: what was logged before the end has been written when the end is.
        _log.Info("end");
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return Assert.Single(_events);
    }

    private void Collect(LogEvent logged)
    {
        if (logged.MessageTemplate.Text == "end")
        {
            _ended.TrySetResult();
        }
        else if (
            logged.Properties.TryGetValue("Source", out var source)
                && source.ToString().Contains("here", StringComparison.Ordinal))
        {
            _events.Add(logged);
        }
    }

    private sealed class Collected(Action<LogEvent> collect) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => collect(logEvent);
    }
}
