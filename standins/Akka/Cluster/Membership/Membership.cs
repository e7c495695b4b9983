using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// One node's membership rules: joining, leaving, downing, merging views and, on the leader, moving members on. It knows
/// neither time nor network; each method changes <see cref="State"/> and says what its caller has to do.
/// </summary>
internal sealed class Membership(UniqueAddress self, ImmutableHashSet<string> roles, int minMembers, ImmutableDictionary<string, int> minMembersOfRole)
{
    private ImmutableHashSet<UniqueAddress> _exitingConfirmed = [];

    public MembershipState State { get; private set; } = new(Gossip.Empty, self);

    /// <summary>
    /// On while this node, already Exiting, still hands over its work. Until then it marks no view as seen, which keeps
    /// the leader from removing it.
    /// </summary>
    public bool IsExitingInProgress { get; private set; }

    private Gossip Gossip => State.Gossip;

    public JoinOutcome Join(UniqueAddress node, ImmutableHashSet<string> nodeRoles)
    {
        if (State.SelfMember is { Status: MemberStatus.Down or MemberStatus.Exiting }) return JoinOutcome.Refused;
        if (Gossip.Removed.Contains(node)) return JoinOutcome.Refused;
        switch (Gossip.Find(node.Address))
        {
            case { } known when known.UniqueAddress == node:
                return JoinOutcome.AlreadyMember;
            case { } earlier:
                // The old incarnation is surely dead; the new one may join when it has been removed.
                Update(Gossip.Observe(self, [earlier.UniqueAddress], []));
                Down(earlier.Address);
                return JoinOutcome.EarlierIncarnation;
            case null:
                if (State.SelfMember is null && node != self) Update(Gossip.With(Member.Create(self, roles)));
                Update(Gossip.With(Member.Create(node, nodeRoles)));
                return JoinOutcome.Joined;
        }
    }

    public void Welcome(Gossip gossip) => State = new(gossip.Seen(self), self);

    public bool Leave(Address address)
    {
        if (Gossip.Find(address) is not { Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up } member) return false;
        Update(Gossip.With(member.Copy(MemberStatus.Leaving)));
        return true;
    }

    public bool Down(Address address)
    {
        if (Gossip.Find(address) is not { } member || member.Status == MemberStatus.Down) return false;
        Update(Gossip.With(member.Copy(MemberStatus.Down)));
        return true;
    }

    /// <summary>Takes over what this node's failure detector says of the others.</summary>
    public (IReadOnlyList<Member> Unreachable, IReadOnlyList<Member> Reachable) Observe(Func<Address, bool> isAvailable)
    {
        var others = Gossip.Members.Where(m => m.UniqueAddress != self).ToList();
        var lost = others.FindAll(m => !Gossip.Observes(self, m.UniqueAddress) && !isAvailable(m.Address));
        // A downed member does not come back, even if it is heard once more.
        var back = others.FindAll(m => Gossip.Observes(self, m.UniqueAddress) && m.Status != MemberStatus.Down && isAvailable(m.Address));
        if (lost.Count + back.Count > 0)
            Update(Gossip.Observe(self, lost.Select(m => m.UniqueAddress), back.Select(m => m.UniqueAddress)));
        return (lost, back);
    }

    public MergeOutcome Merge(UniqueAddress from, UniqueAddress to, Gossip remote)
    {
        if (to != self || Gossip.Find(from) is null || Gossip.Observes(self, from) || remote.Find(self) is null) return MergeOutcome.Ignored;
        var before = State.SelfMember.Status;
        var merged = Gossip.Merge(remote);
        if (!IsExitingInProgress) merged = merged.Seen(self);
        State = new(merged, self);
        var status = State.SelfMember?.Status ?? MemberStatus.Removed;
        if (status == MemberStatus.Exiting && before != status) IsExitingInProgress = true;
        return merged.HasSameContent(remote) && merged.SeenBy.SetEquals(remote.SeenBy) ? MergeOutcome.Same : MergeOutcome.News;
    }

    public void ExitingConfirmed(UniqueAddress node)
    {
        if (Gossip.Find(node) is { Status: MemberStatus.Exiting }) _exitingConfirmed = _exitingConfirmed.Add(node);
    }

    /// <summary>This node's work is handed over.</summary>
    public void ExitingCompleted()
    {
        IsExitingInProgress = false;
        if (State.SelfMember is not null) State = new(Gossip.Seen(self), self);
    }

    public bool Converged => State.Converged(_exitingConfirmed);

    /// <summary>The leader's duties; only on convergence.</summary>
    public LeaderMoves Lead()
    {
        var enough = IsMinMembersReached;
        var removed = Gossip.Members.Where(IsToRemove).ToList();
        var up = Gossip.Members.Where(m => m.UpNumber != int.MaxValue).Select(m => m.UpNumber).DefaultIfEmpty(0).Max();
        var moved = new List<Member>();
        foreach (var member in Gossip.Members)
        {
            if (member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp && enough) moved.Add(member.CopyUp(++up));
            else if (member.Status == MemberStatus.Leaving) moved.Add(member.Copy(MemberStatus.Exiting));
        }

        if (moved.Count + removed.Count == 0) return LeaderMoves.None;
        if (moved.Any(m => m.UniqueAddress == self && m.Status == MemberStatus.Exiting)) IsExitingInProgress = true;
        var gossip = moved.Count > 0 ? Gossip.With(moved) : Gossip;
        Update(removed.Count > 0 ? gossip.Remove(removed.Select(m => m.UniqueAddress)) : gossip);
        _exitingConfirmed = _exitingConfirmed.Except(removed.Select(m => m.UniqueAddress));
        return new LeaderMoves(moved, removed);
    }

    /// <summary>The leader's substitute while there is no convergence: joining members may at least be used.</summary>
    public IReadOnlyList<Member> MoveJoiningToWeaklyUp()
    {
        if (!IsMinMembersReached) return [];
        var unreachable = State.UnreachableExceptByDowned.ToHashSet();
        var moved = Gossip.Members
            .Where(m => m.Status == MemberStatus.Joining && !unreachable.Contains(m.UniqueAddress))
            .Select(m => m.Copy(MemberStatus.WeaklyUp))
            .ToList();
        if (moved.Count > 0) Update(Gossip.With(moved));
        return moved;
    }

    /// <summary>Everyone who can has seen that this node is Down.</summary>
    public bool IsDownKnown => Gossip.Members
        .Where(m => m.Status == MemberStatus.Down)
        .All(m => State.Unreachable.Contains(m.UniqueAddress) || Gossip.HasSeen(m.UniqueAddress));

    private bool IsMinMembersReached => Gossip.Members.Count >= minMembers
        && minMembersOfRole.All(r => Gossip.Members.Count(m => m.HasRole(r.Key)) >= r.Value);

    private bool IsToRemove(Member member) => member.Status switch
    {
        MemberStatus.Down => State.Unreachable.Contains(member.UniqueAddress),
        MemberStatus.Exiting => State.Unreachable.Contains(member.UniqueAddress) || _exitingConfirmed.Contains(member.UniqueAddress),
        _ => false,
    };

    private void Update(Gossip changed) =>
        State = new(IsExitingInProgress ? changed.WithSeenBy() : changed.WithSeenBy(self), self);
}

internal enum JoinOutcome { Joined, AlreadyMember, EarlierIncarnation, Refused }

internal enum MergeOutcome { Ignored, Same, News }

internal sealed record LeaderMoves(IReadOnlyList<Member> Moved, IReadOnlyList<Member> Removed)
{
    public static readonly LeaderMoves None = new([], []);
}
