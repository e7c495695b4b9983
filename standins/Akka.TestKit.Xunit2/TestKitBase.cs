using System.Linq.Expressions;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;

namespace Akka.TestKit;

/// <summary>Does not make its test actor the implicit sender.</summary>
public interface INoImplicitSender;

/// <summary>A test's own actor system with a test actor whose messages the test expects. Expectations are in the other parts.</summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _testActorNumber;
    private readonly Channel<MessageEnvelope> _queue = Channel.CreateUnbounded<MessageEnvelope>();
    private MessageEnvelope _last = new RealMessageEnvelope(null, ActorRefs.NoSender);

    private protected TestKitBase(ActorSystem system = null, string testActorName = null)
        : this(system, ActorSystemSetup.Empty, null, testActorName) { }

    private protected TestKitBase(ActorSystemSetup setup, string actorSystemName = null, string testActorName = null)
        : this(null, setup, actorSystemName, testActorName) { }

    private protected TestKitBase(Config config, string actorSystemName = null, string testActorName = null)
        : this(null, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)), actorSystemName, testActorName) { }

    private TestKitBase(ActorSystem system, ActorSystemSetup setup, string actorSystemName, string testActorName)
    {
        if (system is null)
        {
            var bootstrap = setup.Get<BootstrapSetup>().GetOrElse(BootstrapSetup.Create());
            var config = bootstrap.Config.GetOrElse(Config.Empty).SafeWithFallback(DefaultConfig);
            system = ActorSystem.Create(actorSystemName ?? "test", setup.WithSetup(bootstrap.WithConfig(config)));
        }
        else
        {
            system.Settings.InjectTopLevelFallback(DefaultConfig);
        }

        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        Log = Logging.GetLogger(system, GetType());
        EventFilter = new EventFilterFactory(this, system);
        TestActor = CreateTestActor(testActorName ?? "testActor" + Interlocked.Increment(ref _testActorNumber));
        if (this is INoImplicitSender) return;
        var cell = ((LocalActorRef)TestActor).Cell;
        ActorCell.SetCurrent(cell);
        SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(cell));
    }

    public static Config DefaultConfig => TestConfigs.DefaultConfig;
    public static TimeSpan Now => TimeSpan.FromTicks(DateTime.UtcNow.Ticks);

    public ActorSystem Sys { get; }
    public TestKitSettings TestKitSettings { get; }
    public ILoggingAdapter Log { get; }
    public IActorRef TestActor { get; }
    public EventFilterFactory EventFilter { get; }
    public IActorRef LastSender => _last.Sender;
    public object LastMessage => _last.Message;
    public bool HasMessages => _queue.Reader.TryPeek(out _);

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);
    public virtual TestProbe CreateTestProbe(string name = null) => CreateTestProbe(Sys, name);
    public virtual TestProbe CreateTestProbe(ActorSystem system, string name = null) => new(system, name);

    /// <summary>Another actor whose messages end in this test's queue.</summary>
    public IActorRef CreateTestActor(string name)
    {
        var queue = _queue.Writer;
        return ((ExtendedActorSystem)Sys).SystemActorOf(
            Props.Create(() => new InternalTestActor(queue)).WithDispatcher("akka.test.test-actor.dispatcher"), name);
    }

    public IActorRef ActorOf(Props props) => Sys.ActorOf(props);
    public IActorRef ActorOf(Props props, string name) => Sys.ActorOf(props, name);
    public IActorRef ActorOf<TActor>() where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>());
    public IActorRef ActorOf<TActor>(string name) where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory) where TActor : ActorBase => Sys.ActorOf(Props.Create(factory));
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string name) where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);
    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);
    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => TestActor.Tell(new InternalTestActor.SetIgnore(shouldIgnoreMessage));
    public void IgnoreMessages<TMsg>() => IgnoreMessages(m => m is TMsg);
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) => IgnoreMessages(m => m is TMsg typed && shouldIgnoreMessage(typed));
    public void IgnoreNoMessages() => TestActor.Tell(new InternalTestActor.SetIgnore(null));

    public IActorRef Watch(IActorRef actorToWatch) => WatchAsync(actorToWatch).GetAwaiter().GetResult();

    /// <summary>Makes the test actor watch; see ExpectTerminated.</summary>
    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        await TestActor.Ask(new InternalTestActor.WatchFor(actorToWatch), RemainingOrDefault).ConfigureAwait(false);
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch) => UnwatchAsync(actorToUnwatch).GetAwaiter().GetResult();

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        await TestActor.Ask(new InternalTestActor.UnwatchFor(actorToUnwatch), RemainingOrDefault).ConfigureAwait(false);
        return actorToUnwatch;
    }

    /// <summary>An actor whose parent is the test actor.</summary>
    public IActorRef ChildActorOf(Props props, string name, CancellationToken cancellationToken = default) =>
        ChildActorOfAsync(props, name, cancellationToken).GetAwaiter().GetResult();

    public Task<IActorRef> ChildActorOfAsync(Props props, string name, CancellationToken cancellationToken = default) =>
        TestActor.Ask<IActorRef>(new InternalTestActor.Spawn(props, name), RemainingOrDefault, cancellationToken);

    public IActorRef ChildActorOf(Props props, CancellationToken cancellationToken = default) => ChildActorOf(props, null, cancellationToken);
    public Task<IActorRef> ChildActorOfAsync(Props props, CancellationToken cancellationToken = default) => ChildActorOfAsync(props, null, cancellationToken);

    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var limit = Dilated(duration ?? TimeSpan.FromSeconds(5));
        if (system.Terminate().Wait(limit)) return;
        var message = $"Failed to stop [{system.Name}] within [{limit}].";
        if (verifySystemShutdown) throw new TimeoutException(message);
        system.Log.Warning(message);
    }

}
