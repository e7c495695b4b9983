using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Runs.Loading;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// One process of a cluster: its actor system, its server for weights and batches, the workers of its roles and, where
/// it may, the coordinator. One process with all roles and many processes with one each run the same code.
/// </summary>
/// <remarks>
/// Shutdown order: workers hand back what they hold and have their state kept elsewhere (before-cluster-shutdown), the
/// node leaves the cluster, the singleton moves on, the server closes last.
/// </remarks>
public sealed class NodeHost : ICoordinatorLink, IAsyncDisposable
{
    private const string CoordinatorRole = "coordinator";

    private readonly BulkHub _bulk;
    private readonly NodeMeters _meters;
    private readonly NodeHttp? _http;
    private readonly TaskCompletionSource<string> _userError = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeHost(ActorSystem system, BulkHub bulk, NodeMeters meters, NodeHttp? http, IActorRef coordinator)
    {
        _bulk = bulk;
        _meters = meters;
        _http = http;
        System = system;
        Coordinator = coordinator;
    }

    /// <summary>The node's actor system, a member of the cluster.</summary>
    public ActorSystem System { get; }

    /// <summary>The proxy of the cluster's coordinator.</summary>
    public IActorRef Coordinator { get; }

    /// <summary>Where it tells supervisors how it is; null where it does not.</summary>
    public string? HttpAddress => _http?.Address;

    /// <summary>
    /// Completes with a message when a worker of this node cannot work until the user corrects something.
    /// </summary>
    public Task<string> UserError => _userError.Task;

    /// <summary>Starts a node and joins its cluster.</summary>
    /// <param name="settings">The node's settings.</param>
    /// <param name="time">The clock of the runs that this node coordinates.</param>
    /// <param name="resume">
    /// Whether a run that was under way when the last coordinator went away is resumed without being submitted again.
    /// </param>
    /// <param name="stop">Gives up while the node waits to be let into the cluster.</param>
    /// <exception cref="CannotJoinException">The cluster was not joined in time.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeSettings settings, TimeProvider time, bool resume, CancellationToken stop = default)
    {
        var certificates = settings.Tls?.Load();
        var bulk = await BulkHub.StartAsync(settings.Bulk, certificates);
        var system = NodeSystem.CreateMember(settings, certificates);
        var cluster = Cluster.Get(system);
        var meters = new NodeMeters(cluster, bulk);
        meters.Follow(system);
        var http = settings.Http is { } endpoint ? await NodeHttp.StartAsync(endpoint, system, meters) : null;
        system.ActorOf(Props.Create(() => new MembershipActor()), MembershipActor.Name);
        await Membership.JoinAsync(cluster, settings, stop);
        http?.HasJoined = true;
        bulk.Node = cluster.SelfAddress.ToString();

        if (settings.Roles.Contains(NodeRole.Coordinator))
        {
            var factory = new RunFactory(bulk, settings, time, resume);
            var tick = settings.Heartbeat;
            var manager = ClusterSingletonManager.Props(
                Props.Create(() => new CoordinatorActor(factory, tick, message => new EndReason(message))),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system).WithRole(CoordinatorRole));
            system.ActorOf(Props.Create(() => new CoordinatorPlace(manager)), CoordinatorPlace.Name);
        }

        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props(
                CoordinatorPlace.ManagerPath,
                ClusterSingletonProxySettings.Create(system).WithRole(CoordinatorRole)),
            "proxy");
        var seeds = settings.Seeds;
        system.ActorOf(Props.Create(() => new StrayWatch(seeds)), "stray-watch");
        var host = new NodeHost(system, bulk, meters, http, proxy);
        var specs = WorkerSpecs.For(settings, bulk);
        var heartbeat = settings.Heartbeat;
        var userError = host._userError;
        var node = system.ActorOf(
            Props.Create(() => new NodeActor(specs, bulk, proxy, heartbeat, userError)), "node");
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeClusterShutdown,
            "hand-back-work",
            () => HandBackWorkAsync(CoordinatedShutdown.Get(system), node));
        return host;
    }

    /// <summary>Says from now on which members come and go, and which run this node works for.</summary>
    /// <param name="say">Takes one line.</param>
    public void Tell(Action<string> say) => System.ActorOf(Props.Create(() => new NodeNews(say)), "news");

    // A node that was removed has nobody left to hand anything to.
    private static async Task<Akka.Done> HandBackWorkAsync(CoordinatedShutdown shutdown, IActorRef node)
    {
        object stop = shutdown.ShutdownReason is CoordinatedShutdown.ClusterLeavingReason
            ? NodeActor.Leave.Instance
            : PoisonPill.Instance;
        await node.GracefulStop(shutdown.Timeout(CoordinatedShutdown.PhaseBeforeClusterShutdown), stop);
        return Akka.Done.Instance;
    }

    /// <inheritdoc/>
    public Task<T> AskAsync<T>(object question, TimeSpan patience) => Coordinator.Ask<T>(question, patience);

    /// <inheritdoc/>
    public void Tell(object message) => Coordinator.Tell(message);

    /// <summary>Why the actor system has ended although nobody asked it to; null where it was asked.</summary>
    public DownedException? Downed => CoordinatedShutdown.Get(System).ShutdownReason switch
    {
        EndReason own => new DownedException(own.Message),
        CoordinatedShutdown.ClusterDowningReason => new DownedException(
            "this node was removed from the cluster because the others did not hear from it; what it worked on goes "
            + "on where they are. Start it again."),
        _ => null,
    };

    /// <summary>Leaves the cluster and ends the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await _bulk.DisposeAsync();
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }

        _meters.Dispose();
    }
}
