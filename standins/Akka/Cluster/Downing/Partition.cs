using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>Who cannot reach whom.</summary>
/// <param name="Members">In the order of addresses.</param>
/// <param name="Records">Observer and subject of each "unreachable".</param>
/// <param name="SeenBy">Who has seen the view that holds these records.</param>
internal sealed record Partition(
    ImmutableSortedSet<Member> Members,
    ImmutableHashSet<UniqueAddress> Unreachable,
    ImmutableHashSet<(UniqueAddress Observer, UniqueAddress Subject)> Records,
    ImmutableHashSet<UniqueAddress> SeenBy)
{
    public static Partition Of(MembershipState state) => new(
        state.Members,
        state.Unreachable.Remove(state.Self).Union(state.Members.Where(m => m.Status == MemberStatus.Down && m.UniqueAddress != state.Self).Select(m => m.UniqueAddress)),
        [.. state.Gossip.ObservedBy.SelectMany(r => r.Value.Unreachable.Select(subject => (r.Key, subject)))],
        [.. state.Gossip.SeenBy]);

    /// <summary>
    /// Nodes between which only some links are broken: they observe somebody and are observed, or have seen the very view
    /// that calls them unreachable.
    /// </summary>
    public ImmutableHashSet<UniqueAddress> IndirectlyConnected => BothEnds.Union(Records.Where(r => SeenBy.Contains(r.Subject)).SelectMany(r => new[] { r.Observer, r.Subject }));

    public bool IsUnreachable(Member member) => Unreachable.Contains(member.UniqueAddress);

    /// <summary>The records that do not run between partly connected nodes.</summary>
    public Partition WithoutIndirectlyConnected()
    {
        var known = Members.Select(m => m.UniqueAddress).ToHashSet();
        var partly = IndirectlyConnected;
        var rest = Records.Where(r => known.Contains(r.Observer) && !(partly.Contains(r.Observer) && partly.Contains(r.Subject))).ToImmutableHashSet();
        return this with { Records = rest, Unreachable = [.. rest.Select(r => r.Subject)] };
    }

    private ImmutableHashSet<UniqueAddress> BothEnds => [.. Records.Select(r => r.Observer).Intersect(Records.Select(r => r.Subject))];
}
