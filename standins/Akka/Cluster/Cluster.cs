using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

public class ClusterExtension : ExtensionIdProvider<Cluster>
{
    public override Cluster CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>This node's membership in the cluster of systems with its name.</summary>
public class Cluster : IExtension
{
    private readonly ClusterDaemon _daemon;
    private readonly Lazy<Task> _left;
    private int _isTerminated;
    private volatile ClusterEvent.CurrentClusterState _state = new();

    internal Cluster(ExtendedActorSystem system)
    {
        if (system.Provider is not ClusterActorRefProvider provider)
            throw new ConfigurationException($"ActorSystem {system.Name} needs akka.actor.provider = cluster, currently uses {system.Provider.GetType().FullName}");
        System = system;
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = new UniqueAddress(provider.DefaultAddress, provider.Remoting.Uid);
        _left = new Lazy<Task>(LeaveOnce);
        _daemon = new ClusterDaemon(this, system, provider.Remoting);
        system.RegisterOnTermination(Shutdown);
    }

    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    public ExtendedActorSystem System { get; }
    public ClusterSettings Settings { get; }
    public UniqueAddress SelfUniqueAddress { get; }
    public Address SelfAddress => SelfUniqueAddress.Address;
    public ImmutableHashSet<string> SelfRoles => Settings.Roles;
    public ClusterEvent.CurrentClusterState State => _state;
    public bool IsTerminated => Volatile.Read(ref _isTerminated) == 1;
    public bool IsUp => SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    /// <summary>This node; with status Removed before it has joined.</summary>
    public Member SelfMember => State.Members.FirstOrDefault(m => m.UniqueAddress == SelfUniqueAddress)
        ?? new Member(SelfUniqueAddress, int.MaxValue, MemberStatus.Removed, SelfRoles);

    internal ClusterEvent.CurrentClusterState CurrentState
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>A snapshot comes first, then the events.</summary>
    public void Subscribe(IActorRef subscriber, params Type[] to) =>
        Subscribe(subscriber, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0) throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (Array.Find(to, t => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(t)) is not null)
            throw new ArgumentException($"Subscribe to `IClusterDomainEvent` or subclasses, was [{string.Join(", ", to.Select(t => t.Name))}]", nameof(to));
        _daemon.Subscribe(subscriber, initialStateMode, to);
    }

    public void Unsubscribe(IActorRef subscriber) => Unsubscribe(subscriber, null);
    public void Unsubscribe(IActorRef subscriber, Type to) => _daemon.Unsubscribe(subscriber, to);
    public void SendCurrentClusterState(IActorRef receiver) => _daemon.SendCurrentState(receiver);

    public void Join(Address address) => _daemon.Join(FillLocal(address));

    /// <summary>Ends when this node is Up; fails when the token is cancelled, although joining goes on.</summary>
    public Task JoinAsync(Address address, CancellationToken token = default) =>
        WhenUp(() => Join(address), $"Node has not managed to join the cluster using provided address: {address}", token);

    public void JoinSeedNodes(IEnumerable<Address> seedNodes) => _daemon.JoinSeedNodes([.. seedNodes.Select(FillLocal)]);

    public Task JoinSeedNodesAsync(IEnumerable<Address> seedNodes, CancellationToken token = default)
    {
        var nodes = seedNodes.ToList();
        return WhenUp(() => JoinSeedNodes(nodes), $"Node has not managed to join the cluster using provided addresses: [{string.Join(",", nodes)}]", token);
    }

    public void Leave(Address address)
    {
        if (FillLocal(address) == SelfAddress) _ = LeaveAsync();
        else _daemon.Leave(address);
    }

    /// <summary>Leaves and ends when this node has been removed; the actor system ends with it.</summary>
    public Task LeaveAsync() => _left.Value;

    public Task LeaveAsync(CancellationToken cancellationToken) => LeaveAsync().WaitAsync(cancellationToken);

    public void Down(Address address) => _daemon.Down(FillLocal(address));

    /// <summary>Runs the callback once this node is Up.</summary>
    public void RegisterOnMemberUp(Action callback)
    {
        if (IsUp) callback();
        else _daemon.OnSelf(MemberStatus.Up, callback);
    }

    /// <summary>Runs the callback once this node has been removed.</summary>
    public void RegisterOnMemberRemoved(Action callback)
    {
        if (IsTerminated) callback();
        else _daemon.OnSelf(MemberStatus.Removed, callback);
    }

    /// <summary>The ref's path with this node's address.</summary>
    public ActorPath RemotePathOf(IActorRef actorRef) =>
        actorRef.Path.Address.HasGlobalScope ? actorRef.Path : ActorPath.Parse(actorRef.Path.ToSerializationFormatWithAddress(SelfAddress));

    internal void Shutdown()
    {
        if (Interlocked.Exchange(ref _isTerminated, 1) == 0) _daemon.Stop();
    }

    private Task LeaveOnce()
    {
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RegisterOnMemberRemoved(() => removed.TrySetResult());
        _daemon.Leave(SelfAddress);
        return removed.Task;
    }

    private Task WhenUp(Action join, string failure, CancellationToken token)
    {
        if (IsTerminated) throw new ClusterJoinFailedException("Cluster has already been terminated");
        if (IsUp) return Task.CompletedTask;
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => completion.TrySetException(new ClusterJoinFailedException(failure)));
        RegisterOnMemberUp(() => completion.TrySetResult());
        join();
        return completion.Task;
    }

    // A local ref's path has no host.
    private Address FillLocal(Address address) => address.HasLocalScope && address.System == SelfAddress.System ? SelfAddress : address;
}

public class ClusterJoinFailedException : AkkaException
{
    public ClusterJoinFailedException(string message) : base(message) { }
}
