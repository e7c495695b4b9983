using System.Collections.Immutable;

namespace Akka.Cluster;

internal enum Decision { DownUnreachable, DownReachable, DownAll, DownIndirectlyConnected }

/// <summary>Which side of a partition goes on. Each side decides for itself from what it sees, and both decide alike.</summary>
internal abstract class DowningStrategy(string role)
{
    protected abstract Decision DecideCleanCut(Partition partition);

    protected virtual bool MustDownAll(Partition partition) => false;

    public Decision Decide(Partition partition) =>
        MustDownAll(partition) ? Decision.DownAll
        : partition.IndirectlyConnected.Count > 0 ? Decision.DownIndirectlyConnected
        : DecideCleanCut(partition);

    public ImmutableHashSet<UniqueAddress> NodesToDown(Decision decision, Partition partition)
    {
        var downable = partition.Members.Where(m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting)).Select(m => m.UniqueAddress).ToImmutableHashSet();
        return decision switch
        {
            Decision.DownUnreachable => downable.Intersect(partition.Unreachable),
            Decision.DownReachable => downable.Except(partition.Unreachable),
            Decision.DownAll => downable,
            _ => downable.Intersect(partition.IndirectlyConnected.Union(BesidesIndirectlyConnected(partition))),
        };
    }

    protected IReadOnlyList<Member> WithRole(Partition partition, bool includingPossiblyUp = false, bool excludingPossiblyExiting = false) =>
        [.. partition.Members.Where(m => (role.Length == 0 || m.HasRole(role)) && m.Status switch
        {
            MemberStatus.Up => true,
            MemberStatus.Joining or MemberStatus.WeaklyUp => includingPossiblyUp,
            MemberStatus.Leaving => !excludingPossiblyExiting,
            _ => false,
        })];

    // A clean cut may lie beside the partly connected nodes: what it says without them comes on top.
    private ImmutableHashSet<UniqueAddress> BesidesIndirectlyConnected(Partition partition)
    {
        if (partition.Unreachable.Except(partition.IndirectlyConnected).IsEmpty) return [];
        var rest = partition.WithoutIndirectlyConnected();
        var decision = Decide(rest);
        return NodesToDown(decision == Decision.DownIndirectlyConnected ? Decision.DownAll : decision, rest);
    }
}

/// <summary>The larger side; of two halves the one with the lowest address.</summary>
internal sealed class KeepMajority(string role) : DowningStrategy(role)
{
    protected override Decision DecideCleanCut(Partition partition)
    {
        var decision = Majority(partition, WithRole(partition), WithRole(partition));
        if (decision != Decision.DownUnreachable) return decision;
        // The other side may count members that are Up there already and not here, and leave out ones that left: if that
        // would turn the decision, neither side is safe.
        var sure = Majority(partition, WithRole(partition, excludingPossiblyExiting: true), WithRole(partition, includingPossiblyUp: true));
        return sure == Decision.DownUnreachable ? decision : Decision.DownAll;
    }

    private static Decision Majority(Partition partition, IReadOnlyList<Member> here, IReadOnlyList<Member> there)
    {
        if (here.Count == 0) return Decision.DownAll;
        var thisSide = here.Count(m => !partition.IsUnreachable(m));
        var otherSide = there.Count(partition.IsUnreachable);
        var keep = thisSide == otherSide ? !partition.IsUnreachable(here[0]) : thisSide > otherSide;
        return keep ? Decision.DownUnreachable : Decision.DownReachable;
    }
}

/// <summary>The side with at least so many members; everybody, if there are so many that both sides could have them.</summary>
internal sealed class StaticQuorum(int quorumSize, string role) : DowningStrategy(role)
{
    protected override bool MustDownAll(Partition partition) => WithRole(partition).Count > quorumSize * 2 - 1;

    protected override Decision DecideCleanCut(Partition partition) =>
        WithRole(partition).Count(m => !partition.IsUnreachable(m)) >= quorumSize ? Decision.DownUnreachable : Decision.DownReachable;
}

/// <summary>The side with the oldest member, unless that one is alone.</summary>
internal sealed class KeepOldest(bool downIfAlone, string role) : DowningStrategy(role)
{
    protected override Decision DecideCleanCut(Partition partition)
    {
        var decision = Oldest(partition, WithRole(partition));
        if (decision != Decision.DownUnreachable) return decision;
        var sure = Oldest(partition, WithRole(partition, includingPossiblyUp: downIfAlone, excludingPossiblyExiting: true));
        return sure == Decision.DownUnreachable ? decision : Decision.DownAll;
    }

    private Decision Oldest(Partition partition, IReadOnlyList<Member> members)
    {
        if (members.MinBy(m => m, Member.AgeOrdering) is not { } oldest) return Decision.DownAll;
        var thisSide = members.Count(m => !partition.IsUnreachable(m));
        var otherSide = members.Count - thisSide;
        var isHere = !partition.IsUnreachable(oldest);
        var isAlone = downIfAlone && (isHere ? thisSide == 1 && otherSide >= 2 : otherSide == 1 && thisSide >= 2);
        return isHere != isAlone ? Decision.DownUnreachable : Decision.DownReachable;
    }
}

/// <summary>Nobody, as soon as anybody is unreachable.</summary>
internal sealed class DownAllNodes() : DowningStrategy("")
{
    protected override bool MustDownAll(Partition partition) => true;
    protected override Decision DecideCleanCut(Partition partition) => Decision.DownAll;
}
