using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>What one node concludes from its view of the cluster.</summary>
internal sealed class MembershipState(Gossip gossip, UniqueAddress self)
{
    private ImmutableHashSet<UniqueAddress> _unreachable;

    public Gossip Gossip { get; } = gossip;
    public UniqueAddress Self { get; } = self;
    public ImmutableSortedSet<Member> Members => Gossip.Members;

    /// <summary>This node; null before it joins.</summary>
    public Member SelfMember => Gossip.Find(Self);

    /// <summary>Nodes that somebody finds unreachable.</summary>
    public ImmutableHashSet<UniqueAddress> Unreachable => _unreachable ??= [.. Gossip.ObservedBy.Values.SelectMany(r => r.Unreachable)];

    public UniqueAddress Leader => LeaderOf(Members);
    public bool IsLeader => Leader == Self;

    public UniqueAddress RoleLeader(string role) => LeaderOf(Members.Where(m => m.HasRole(role)));

    /// <summary>The lowest address among the reachable that are Up or Leaving; before there is one, the lowest of all.</summary>
    public UniqueAddress LeaderOf(IEnumerable<Member> members)
    {
        var candidates = members
            .Where(m => (m.Status is not MemberStatus.Down && !Unreachable.Contains(m.UniqueAddress)) || (!Unreachable.IsEmpty && m.UniqueAddress == Self))
            .Order()
            .ToList();
        return (candidates.Find(m => m.Status is MemberStatus.Up or MemberStatus.Leaving) ?? candidates.MinBy(LeaderRank))?.UniqueAddress;
    }

    /// <summary>
    /// Whether the leader may act: every Up or Leaving member has seen this view, and nobody but Down or Exiting members
    /// is unreachable. What a Down member observes does not count.
    /// </summary>
    public bool Converged(ImmutableHashSet<UniqueAddress> exitingConfirmed) =>
        Members.All(m => m.Status is not (MemberStatus.Up or MemberStatus.Leaving) || Gossip.HasSeen(m.UniqueAddress) || exitingConfirmed.Contains(m.UniqueAddress))
        && UnreachableExceptByDowned.All(n => n == Self || exitingConfirmed.Contains(n) || Gossip.Find(n) is null or { Status: MemberStatus.Down or MemberStatus.Exiting });

    public IEnumerable<UniqueAddress> UnreachableExceptByDowned => Gossip.ObservedBy
        .Where(r => Gossip.Find(r.Key) is not { Status: MemberStatus.Down })
        .SelectMany(r => r.Value.Unreachable)
        .Distinct();

    public ClusterEvent.CurrentClusterState ToCurrentState() => new(
        Members,
        [.. Others.Where(IsUnreachable)],
        [.. Gossip.SeenBy.Select(n => n.Address)],
        Leader?.Address,
        AllRoles.ToImmutableDictionary(r => r, r => RoleLeader(r)?.Address));

    /// <summary>What has happened between two views of the same node, in the order in which subscribers are told.</summary>
    public static IEnumerable<ClusterEvent.IClusterDomainEvent> Changes(MembershipState before, MembershipState after)
    {
        foreach (var member in after.Members)
            if (before.Gossip.Find(member.UniqueAddress) is not { } was || was.Status != member.Status || was.UpNumber != member.UpNumber)
                yield return StatusChange(member);
        foreach (var member in before.Members.Where(m => after.Gossip.Find(m.UniqueAddress) is null))
            yield return new ClusterEvent.MemberRemoved(member.Copy(MemberStatus.Removed), member.Status);
        foreach (var member in after.Others.Where(m => after.IsUnreachable(m) && !before.IsUnreachable(m)))
            yield return new ClusterEvent.UnreachableMember(member);
        foreach (var member in after.Others.Where(m => before.IsUnreachable(m) && !after.IsUnreachable(m)))
            yield return new ClusterEvent.ReachableMember(member);
        if (before.Leader != after.Leader) yield return new ClusterEvent.LeaderChanged(after.Leader?.Address);
        foreach (var role in before.AllRoles.Union(after.AllRoles))
            if (before.RoleLeader(role) != after.RoleLeader(role))
                yield return new ClusterEvent.RoleLeaderChanged(role, after.RoleLeader(role)?.Address);
    }

    private IEnumerable<Member> Others => Members.Where(m => m.UniqueAddress != Self);
    private bool IsUnreachable(Member member) => Unreachable.Contains(member.UniqueAddress);
    private IEnumerable<string> AllRoles => Members.SelectMany(m => m.Roles).Distinct();

    private static int LeaderRank(Member member) => member.Status switch
    {
        MemberStatus.Down => 4,
        MemberStatus.Exiting => 3,
        MemberStatus.Joining => 2,
        MemberStatus.WeaklyUp => 1,
        _ => 0,
    };

    private static ClusterEvent.IMemberEvent StatusChange(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        MemberStatus.Down => new ClusterEvent.MemberDowned(member),
        _ => throw new InvalidOperationException($"{member} is still a member"),
    };
}
