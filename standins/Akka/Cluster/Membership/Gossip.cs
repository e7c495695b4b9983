using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// What a node knows of the cluster. Each part only ever grows in one direction (statuses advance, removed stays
/// removed, a newer row of observations replaces an older one), so two views always merge to the same third, in any order.
/// </summary>
/// <remarks>
/// Takes the place of Akka's gossip with vector clocks: at ten nodes the whole state goes to everybody, and its bytes
/// are its version.
/// </remarks>
internal sealed class Gossip
{
    public static readonly Gossip Empty = new([], [], ImmutableSortedDictionary<UniqueAddress, Observations>.Empty, []);

    private byte[] _content;

    private Gossip(
        ImmutableSortedSet<Member> members,
        ImmutableSortedSet<UniqueAddress> removed,
        ImmutableSortedDictionary<UniqueAddress, Observations> observations,
        ImmutableSortedSet<UniqueAddress> seenBy)
    {
        Members = members;
        Removed = removed;
        ObservedBy = observations;
        SeenBy = seenBy;
    }

    public ImmutableSortedSet<Member> Members { get; }

    /// <summary>Tombstones: a node that is in here never comes back.</summary>
    public ImmutableSortedSet<UniqueAddress> Removed { get; }

    public ImmutableSortedDictionary<UniqueAddress, Observations> ObservedBy { get; }

    /// <summary>Who has seen exactly this content.</summary>
    public ImmutableSortedSet<UniqueAddress> SeenBy { get; }

    public Member Find(UniqueAddress node) => Members.FirstOrDefault(m => m.UniqueAddress == node);
    public Member Find(Address address) => Members.FirstOrDefault(m => m.Address == address);
    public bool HasSeen(UniqueAddress node) => SeenBy.Contains(node);

    public bool Observes(UniqueAddress observer, UniqueAddress subject) =>
        ObservedBy.TryGetValue(observer, out var row) && row.Unreachable.Contains(subject);

    public Gossip Seen(UniqueAddress by) => new(Members, Removed, ObservedBy, SeenBy.Add(by)) { _content = _content };

    public Gossip WithSeenBy(params ImmutableSortedSet<UniqueAddress> seenBy) => new(Members, Removed, ObservedBy, seenBy) { _content = _content };

    public Gossip With(params IEnumerable<Member> changed) =>
        new(Members.Except(changed).Union(changed), Removed, ObservedBy, []);

    public Gossip Observe(UniqueAddress observer, IEnumerable<UniqueAddress> unreachable, IEnumerable<UniqueAddress> reachable)
    {
        var row = ObservedBy.GetValueOrDefault(observer, Observations.None);
        return new Gossip(Members, Removed, ObservedBy.SetItem(observer, new(row.Version + 1, row.Unreachable.Union(unreachable).Except(reachable))), []);
    }

    public Gossip Remove(IEnumerable<UniqueAddress> nodes)
    {
        var removed = Removed.Union(nodes);
        var rows = ObservedBy
            .Where(r => !removed.Contains(r.Key))
            .ToImmutableSortedDictionary(r => r.Key, r => r.Value with { Unreachable = r.Value.Unreachable.Except(removed) });
        return new Gossip([.. Members.Where(m => !removed.Contains(m.UniqueAddress))], removed, rows, []);
    }

    public Gossip Merge(Gossip other)
    {
        var members = Members.Concat(other.Members).GroupBy(m => m.UniqueAddress).Select(g => g.Aggregate(Further));
        var rows = ObservedBy.Concat(other.ObservedBy).GroupBy(r => r.Key).ToImmutableSortedDictionary(g => g.Key, g => g.MaxBy(r => r.Value.Version).Value);
        var merged = new Gossip([.. members], [], rows, []).Remove(Removed.Union(other.Removed));
        var seenBy = ImmutableSortedSet<UniqueAddress>.Empty;
        if (merged.HasSameContent(this)) seenBy = seenBy.Union(SeenBy);
        if (merged.HasSameContent(other)) seenBy = seenBy.Union(other.SeenBy);
        return merged.WithSeenBy(seenBy);
    }

    public bool HasSameContent(Gossip other) => Content.AsSpan().SequenceEqual(other.Content);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Content);
        writer.WriteAll(SeenBy, writer.Write);
    }

    public static Gossip Read(BinaryReader reader)
    {
        var members = reader.ReadAll(() => new Member(reader.ReadUniqueAddress(), reader.ReadInt32(), (MemberStatus)reader.ReadByte(), [.. reader.ReadAll(reader.ReadString)]));
        var removed = reader.ReadAll(reader.ReadUniqueAddress);
        var rows = reader.ReadAll(() => KeyValuePair.Create(reader.ReadUniqueAddress(), new Observations(reader.ReadInt64(), [.. reader.ReadAll(reader.ReadUniqueAddress)])));
        return new Gossip([.. members], [.. removed], rows.ToImmutableSortedDictionary(), [.. reader.ReadAll(reader.ReadUniqueAddress)]);
    }

    private byte[] Content
    {
        get
        {
            if (_content is not null) return _content;
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            writer.WriteAll(Members, m =>
            {
                writer.Write(m.UniqueAddress);
                writer.Write(m.UpNumber);
                writer.Write((byte)m.Status);
                writer.WriteAll(m.Roles.Order(StringComparer.Ordinal).ToArray(), writer.Write);
            });
            writer.WriteAll(Removed, writer.Write);
            writer.WriteAll(ObservedBy, r =>
            {
                writer.Write(r.Key);
                writer.Write(r.Value.Version);
                writer.WriteAll(r.Value.Unreachable, writer.Write);
            });
            return _content = stream.ToArray();
        }
    }

    private static Member Further(Member a, Member b)
    {
        var byStatus = Progress(a.Status).CompareTo(Progress(b.Status));
        return byStatus != 0 ? (byStatus > 0 ? a : b) : a.UpNumber <= b.UpNumber ? a : b;
    }

    private static int Progress(MemberStatus status) => status switch
    {
        MemberStatus.Joining => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Up => 2,
        MemberStatus.Leaving => 3,
        MemberStatus.Exiting => 4,
        MemberStatus.Down => 5,
        _ => 6,
    };
}

/// <summary>Whom one node finds unreachable, numbered by that node.</summary>
internal sealed record Observations(long Version, ImmutableSortedSet<UniqueAddress> Unreachable)
{
    public static readonly Observations None = new(0, []);
}
