using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Tells people what a node sees: the other members of its cluster as they come and go, and the run that it works for.
/// </summary>
internal sealed class NodeNews : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private RunJoined? _run;

    /// <summary>Creates the actor; it listens from its start on.</summary>
    /// <param name="say">Takes one line.</param>
    public NodeNews(Action<string> say)
    {
        Receive<ClusterEvent.MemberUp>(message => Tell(message.Member, $"joined, {Roles(message.Member)}"));
        Receive<ClusterEvent.UnreachableMember>(message => Tell(message.Member, "does not answer"));
        Receive<ClusterEvent.ReachableMember>(message => Tell(message.Member, "answers again"));
        Receive<ClusterEvent.MemberRemoved>(message => Tell(message.Member, "left"));
        Receive<RunJoined>(Join);

        void Tell(Member member, string what)
        {
            if (member.UniqueAddress != _cluster.SelfUniqueAddress)
            {
                say($"member {member.Address}: {what}");
            }
        }

        void Join(RunJoined run)
        {
            if (run != _run)
            {
                _run = run;
                say($"run {Path.GetFileName(run.Folder)}: this node works for it; its folder is {run.Folder}");
            }
        }
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(RunJoined));
    }

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string Roles(Member member) =>
        member.Roles.Count > 0 ? "roles " + string.Join(", ", member.Roles.Order()) : "without roles";
}
