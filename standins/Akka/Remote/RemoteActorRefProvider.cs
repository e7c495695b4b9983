using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>Local refs as <see cref="LocalActorRefProvider"/> makes them, and refs to other systems.</summary>
public class RemoteActorRefProvider : IActorRefProvider
{
    private readonly LocalActorRefProvider _local;
    private ActorSystemImpl _system;
    private Task _termination;

    public RemoteActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        settings.InjectTopLevelFallback(ConfigurationFactory.FromResource<RemoteActorRefProvider>("Akka.Remote.remote.conf"));
        _local = new LocalActorRefProvider(systemName, settings, eventStream);
    }

    public IInternalActorRef RootGuardian => _local.RootGuardian;
    public LocalActorRef Guardian => _local.Guardian;
    public LocalActorRef SystemGuardian => _local.SystemGuardian;
    public IActorRef DeadLetters => _local.DeadLetters;
    public ActorPath RootPath => _local.RootPath;
    public Settings Settings => _local.Settings;
    public IInternalActorRef TempContainer => _local.TempContainer;
    public Task TerminationTask => _termination ?? _local.TerminationTask;
    public Address DefaultAddress => Remoting?.DefaultAddress ?? _local.DefaultAddress;
    public Information SerializationInformation => new(DefaultAddress, _system);
    internal Remoting Remoting { get; private set; }

    public virtual void Init(ActorSystemImpl system)
    {
        _system = system;
        _local.Init(system);
        Remoting = new Remoting(system, this);
        Remoting.Start();
        _termination = CloseAfter(_local.TerminationTask);
    }

    public IActorRef RootGuardianAt(Address address) =>
        HasAddress(address) ? RootGuardian : new RemoteActorRef(Remoting, this, new RootActorPath(address));

    public ActorPath TempPath() => _local.TempPath();
    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _local.RegisterTempActor(actorRef, path);
    public void UnregisterTempActor(ActorPath path) => _local.UnregisterTempActor(path);

    IInternalActorRef IActorRefProvider.ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService) =>
        ((IActorRefProvider)_local).ActorOf(system, props, supervisor, path, systemService);

    public IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : DeadLetters;

    public IActorRef ResolveActorRef(ActorPath actorPath) =>
        HasAddress(actorPath.Address) ? _local.ResolveLocal(actorPath) : new RemoteActorRef(Remoting, this, actorPath);

    public Address GetExternalAddressFor(Address address)
    {
        if (HasAddress(address)) return _local.RootPath.Address;
        return address.HasGlobalScope && address.Port is not null ? DefaultAddress : null;
    }

    private bool HasAddress(Address address) => address == RootPath.Address || address == DefaultAddress;

    // Remoting outlives the last actor, so that watchers elsewhere still hear of its end.
    private async Task CloseAfter(Task actorsEnded)
    {
        await actorsEnded.ConfigureAwait(false);
        await Task.Factory.StartNew(Remoting.Shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }
}
