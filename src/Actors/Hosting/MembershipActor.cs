using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Options;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Tells an operator, or a node that lost its seeds, who is a member of the cluster, and carries out what is ordered of
/// members. Every node has one, so that any of them can be asked, with or without a coordinator.
/// </summary>
internal sealed class MembershipActor : ReceiveActor
{
    /// <summary>The actor's name below <c>/user</c>.</summary>
    public const string Name = "membership";

    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>Creates the actor; it answers from its start on.</summary>
    public MembershipActor()
    {
        Receive<ClusterCommands.GetMembers>(_ => Sender.Tell(Members()));
        Receive<ClusterCommands.Leave>(order => Sender.Tell(Leave(order.Node)));
        Receive<ClusterCommands.Down>(order => Sender.Tell(Down(order.Node)));
        Receive<ClusterCommands.LeaveNow>(_ =>
            CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance));
    }

    private ClusterCommands.Members Members()
    {
        var state = _cluster.State;
        var byAge = state.Members.OrderBy(member => member, Member.AgeOrdering).ToList();
        var coordinator = byAge.Find(member =>
            member.HasRole(EnumNames.Dashed(NodeRole.Coordinator)) && member.Status == MemberStatus.Up);
        return new ClusterCommands.Members(
            $"{_cluster.SelfAddress}",
            coordinator is null ? null : $"{coordinator.Address}",
            [.. byAge.Select(member => new ClusterMember(
                $"{member.Address}",
                $"{member.Status}".ToLowerInvariant(),
                !state.Unreachable.Contains(member),
                [.. member.Roles.Order(StringComparer.Ordinal)]))]);
    }

    private ClusterCommands.Ordered Leave(string node) => Order(node, member =>
    {
        if (_cluster.State.Unreachable.Contains(member))
        {
            return "it does not answer, so it cannot hand anything back. If its host is gone for good, remove it with "
                + "`r1reward cluster down`";
        }

        Context.ActorSelection($"{member.Address}/user/{Name}").Tell(ClusterCommands.LeaveNow.Instance);
        return null;
    });

    private ClusterCommands.Ordered Down(string node) => Order(node, member =>
    {
        _cluster.Down(member.Address);
        return null;
    });

    private ClusterCommands.Ordered Order(string node, Func<Member, string?> carryOut)
    {
        var named = _cluster.State.Members.Where(member => IsNamed(member.Address, node)).ToList();
        if (named is not [var member])
        {
            var members = string.Join(", ", _cluster.State.Members.Select(other => $"{other.Address}"));
            var fault = named.Count == 0 ? "no member has this address" : "several members are on this host";
            return new ClusterCommands.Ordered("", $"{fault}; write one of {members}");
        }

        return carryOut(member) is { } refusal
            ? new ClusterCommands.Ordered("", refusal)
            : new ClusterCommands.Ordered($"{member.Address}", null);
    }

    private static bool IsNamed(Address address, string node) =>
        node == $"{address}" || node == $"{address.Host}:{address.Port}" || node == address.Host;
}
