using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>Wires one system: settings, provider, dispatchers, loggers, extensions, and takes them down again.</summary>
public sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly TaskCompletionSource _whenTerminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _callbacksLock = new();
    private List<Action> _terminationCallbacks = [];
    private IActorRef _deadLetterListener;

    internal ActorSystemImpl(string name, Config config, ActorSystemSetup setup)
    {
        if (!Regex.IsMatch(name, "^[a-zA-Z0-9][a-zA-Z0-9-]*$"))
            throw new ArgumentException($"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')", nameof(name));
        Name = name;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream(Settings.DebugEventStream);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), DefaultLogMessageFormatter.Instance);
        EventStream.StartStdoutLogger(Settings);
        Scheduler = (IScheduler)Activator.CreateInstance(TypeLookup.Required(Settings.SchedulerClass, "akka.scheduler.implementation"), Settings.Config, Log);
        Provider = (IActorRefProvider)Activator.CreateInstance(TypeLookup.Required(Settings.ProviderClass, "akka.actor.provider"), name, Settings, EventStream);
        Dispatchers = new Dispatchers(this);
    }

    public override Settings Settings { get; }
    public override string Name { get; }
    public override Serialization.Serialization Serialization => LazySerialization.Value;
    public override EventStream EventStream { get; }
    public override IActorRef DeadLetters => Provider.DeadLetters;
    public override Dispatchers Dispatchers { get; }
    public override IScheduler Scheduler { get; }
    public override ILoggingAdapter Log { get; }
    public override Task WhenTerminated => _whenTerminated.Task;
    public override IActorRefProvider Provider { get; }
    public override IInternalActorRef Guardian => Provider.Guardian;
    public override IInternalActorRef LookupRoot => Provider.RootGuardian;
    public override IInternalActorRef SystemGuardian => Provider.SystemGuardian;

    private Lazy<Serialization.Serialization> LazySerialization => field ??= new(() => new Serialization.Serialization(this));

    public override IActorRef ActorOf(Props props, string name = null) => Provider.Guardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string name = null) =>
        Provider.SystemGuardian.Cell.MakeChild(props, name, systemService: true);

    public override IActorRef SystemActorOf<TActor>(string name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this);
    public override ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this, LookupRoot);

    public override void Stop(IActorRef actor)
    {
        var parent = actor.Path.Parent;
        if (parent.Equals(Guardian.Path)) Provider.Guardian.Cell.Stop(actor);
        else if (parent.Equals(SystemGuardian.Path)) Provider.SystemGuardian.Cell.Stop(actor);
        else ((IInternalActorRef)actor).Stop();
    }

    public override object RegisterExtension(IExtensionId extension) =>
        _extensions.GetOrAdd(extension.ExtensionType, _ => new Lazy<object>(() => extension.CreateExtension(this))).Value;

    public override object GetExtension(IExtensionId extensionId) =>
        _extensions.TryGetValue(extensionId.ExtensionType, out var extension) ? extension.Value : null;

    public override T GetExtension<T>() => _extensions.TryGetValue(typeof(T), out var extension) ? (T)extension.Value : null;
    public override bool HasExtension(Type type) => _extensions.ContainsKey(type);
    public override bool HasExtension<T>() => HasExtension(typeof(T));

    public override void RegisterOnTermination(Action code)
    {
        lock (_callbacksLock)
        {
            if (_terminationCallbacks is null) throw new InvalidOperationException("ActorSystem already terminated.");
            _terminationCallbacks.Add(code);
        }
    }

    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate)
            CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        else
            FinalTerminate();
        return WhenTerminated;
    }

    public override string ToString() => Provider.RootPath.Address.ToString();

    internal override Task FinalTerminate()
    {
        if (!Settings.LogDeadLettersDuringShutdown) _deadLetterListener?.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Provider.Guardian.Stop();
        return WhenTerminated;
    }

    internal void Start()
    {
        try
        {
            Provider.Init(this);
            _ = Serialization;
            Provider.TerminationTask.ContinueWith(_ => Finish(), TaskScheduler.Default);
            EventStream.StartDefaultLoggers(this);
            if (Settings.LogDeadLetters > 0) _deadLetterListener = DeadLetterListener.Start(this);
            CoordinatedShutdown.Get(this);
            foreach (var name in Settings.Config.GetStringList("akka.extensions"))
                RegisterExtension((IExtensionId)Activator.CreateInstance(TypeLookup.Required(name, "akka.extensions")));
        }
        catch
        {
            (Scheduler as IDisposable)?.Dispose();
            throw;
        }
    }

    private void Finish()
    {
        List<Action> callbacks;
        lock (_callbacksLock) (callbacks, _terminationCallbacks) = (_terminationCallbacks, null);
        foreach (var callback in Enumerable.Reverse(callbacks))
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                Log.Error(e, "Termination callback failed: [{0}]", e.Message);
            }
        }

        (Scheduler as IDisposable)?.Dispose();
        Dispatchers.Shutdown();
        _whenTerminated.TrySetResult();
    }
}
