using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// This node's place in the order in which nodes hold the coordinator. It lets the coordinator go to an older node, and
/// stays in the order as long as the node stays.
/// </summary>
/// <remarks>
/// Nodes that come up at the same time may be given their ages by two leaders that do not know of each other yet: one
/// that holds the coordinator then finds out that another node is older. The engine's singleton manager hands over as a
/// node does that leaves, and never holds anything again; so it is made anew. When such a node leaves, the engine still
/// waits for its first manager, ten seconds.
/// </remarks>
internal sealed class CoordinatorPlace : ReceiveActor
{
    /// <summary>The name of this actor, at the top of every node that may coordinate.</summary>
    public const string Name = "coordinator";

    /// <summary>Where proxies find the coordinator's manager on a node.</summary>
    public const string ManagerPath = $"/user/{Name}/{Manager}";

    private const string Manager = "manager";

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Props _manager;

    /// <summary>Joins the order at the age that the node has in the cluster.</summary>
    /// <param name="manager">Makes the engine's singleton manager.</param>
    public CoordinatorPlace(Props manager)
    {
        _manager = manager;
        Receive<FSMBase.CurrentState<ClusterSingletonState>>(_ => { });
        Receive<FSMBase.Transition<ClusterSingletonState>>(HasHandedOver, change => Context.Stop(change.FsmRef));
        Receive<FSMBase.Transition<ClusterSingletonState>>(_ => { });
        Receive<Terminated>(_ => Start(), _ => IsStaying);
        Receive<Terminated>(_ => { });
        Start();
    }

    private bool IsStaying => _cluster.SelfMember.Status == MemberStatus.Up;

    private bool HasHandedOver(FSMBase.Transition<ClusterSingletonState> change) =>
        change.To == ClusterSingletonState.End && IsStaying;

    private void Start()
    {
        var manager = Context.ActorOf(_manager, Manager);
        Context.Watch(manager);
        manager.Tell(new FSMBase.SubscribeTransitionCallBack(Self));
    }
}
