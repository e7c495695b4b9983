using System.Collections.Concurrent;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Actor;

/// <summary>The refs of one process: the guardians, their descendants, temporary refs and dead letters.</summary>
public sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _temp = new();
    private readonly ConcurrentDictionary<string, IInternalActorRef> _extraNames = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorPath _tempPath;
    private readonly EventStream _eventStream;
    private ActorSystemImpl _system;
    private long _tempNumber;

    public LocalActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        Settings = settings;
        _eventStream = eventStream;
        RootPath = new RootActorPath(new Address("akka", systemName));
        _tempPath = RootPath / "temp";
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", eventStream);
        TempContainer = new Directory(this, _tempPath, element => _temp.GetValueOrDefault(element));
    }

    public IInternalActorRef RootGuardian { get; private set; }
    public LocalActorRef Guardian { get; private set; }
    public LocalActorRef SystemGuardian { get; private set; }
    public IActorRef DeadLetters { get; }
    public ActorPath RootPath { get; }
    public Settings Settings { get; }
    public IInternalActorRef TempContainer { get; }
    public Task TerminationTask => _terminated.Task;
    public Address DefaultAddress => RootPath.Address;
    public Information SerializationInformation => new(DefaultAddress, _system);

    public void Init(ActorSystemImpl system)
    {
        _system = system;
        var bubbleWalker = new BubbleWalker(this);
        var root = New(Props.Create(() => new GuardianActor()).WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy), bubbleWalker, RootPath);
        root.Cell.ExtraChild = name => name switch
        {
            "temp" => TempContainer,
            "deadLetters" => (IInternalActorRef)DeadLetters,
            _ => _extraNames.GetValueOrDefault(name)
        };
        root.Start();
        RootGuardian = root;
        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        Guardian = (LocalActorRef)root.Cell.MakeChild(Props.Create(() => new GuardianActor()).WithSupervisorStrategy(strategy), "user", systemService: true);
        SystemGuardian = (LocalActorRef)root.Cell.MakeChild(Props.Create(() => new SystemGuardianActor(Guardian)), "system", systemService: true);
    }

    /// <summary>A ref of its own under the root, such as remoting's "remote".</summary>
    public void RegisterExtraName(string name, IInternalActorRef actor) => _extraNames[name] = actor;

    public IActorRef RootGuardianAt(Address address) => address == RootPath.Address ? RootGuardian : DeadLetters;
    public ActorPath TempPath() => _tempPath / ("$" + ActorCell.Base64Name(Interlocked.Increment(ref _tempNumber)));
    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _temp[path.Name] = actorRef;
    public void UnregisterTempActor(ActorPath path) => _temp.TryRemove(path.Name, out _);
    public Address GetExternalAddressFor(Address address) => address == RootPath.Address ? address : null;

    IInternalActorRef IActorRefProvider.ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService) =>
        New(props, supervisor, path);

    public IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : DeadLetters;

    public IActorRef ResolveActorRef(ActorPath path) =>
        path.Root.Address == RootPath.Address ? Find(path.Elements) : DeadLetters;

    /// <summary>The actor at the path's elements, whatever its address says; a ref to a dead one if there is none.</summary>
    internal IActorRef ResolveLocal(ActorPath path)
    {
        if (path.Depth == 0) return RootGuardian;
        return Find(path.Uid == 0 ? path.Elements : path.Elements.SkipLast(1).Append($"{path.Name}#{path.Uid}").ToArray());
    }

    private IActorRef Find(IReadOnlyList<string> elements)
    {
        var found = RootGuardian.GetChild(elements);
        return found is Nobody ? new EmptyLocalActorRef(this, RootPath / elements, _eventStream) : found;
    }

    private LocalActorRef New(Props props, IInternalActorRef supervisor, ActorPath path) =>
        new(_system, props, supervisor, path, _system.Dispatchers.ForActor(props, path));

    private sealed class Directory(LocalActorRefProvider provider, ActorPath path, Func<string, IInternalActorRef> find) : MinimalActorRef
    {
        public override ActorPath Path => path;
        public override IActorRefProvider Provider => provider;
        public override IInternalActorRef Parent => provider.RootGuardian;

        public override IActorRef GetChild(IReadOnlyList<string> name) =>
            name.Count == 0 ? this : find(name[0])?.GetChild(name.Skip(1).ToArray()) ?? Nobody.Instance;
    }

    /// <summary>The root guardian's parent: its end is the system's end.</summary>
    private sealed class BubbleWalker(LocalActorRefProvider provider) : MinimalActorRef
    {
        public override ActorPath Path { get; } = provider.RootPath / "bubble-walker";
        public override IActorRefProvider Provider => provider;

        public override void SendSystemMessage(ISystemMessage message)
        {
            switch (message)
            {
                case Failed failed: ((IInternalActorRef)failed.Child).Stop(); break;
                case DeathWatchNotification: provider._terminated.TrySetResult(); break;
            }
        }
    }
}
