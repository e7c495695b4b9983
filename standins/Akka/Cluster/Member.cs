using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    WeaklyUp = 6,
}

/// <summary>A node as a member of the cluster. Equality is that of its unique address, whatever the status.</summary>
public class Member : IComparable<Member>, IComparable
{
    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles)
    {
        UniqueAddress = uniqueAddress;
        UpNumber = upNumber;
        Status = status;
        Roles = roles;
    }

    /// <summary>By host and port.</summary>
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create((x, y) =>
    {
        var result = string.CompareOrdinal(x.Host ?? "", y.Host ?? "");
        return result != 0 ? result : Nullable.Compare(x.Port, y.Port);
    });

    /// <summary>Oldest first.</summary>
    public static readonly IComparer<Member> AgeOrdering =
        Comparer<Member>.Create((a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);

    public UniqueAddress UniqueAddress { get; }
    public MemberStatus Status { get; }
    public ImmutableHashSet<string> Roles { get; }
    public Address Address => UniqueAddress.Address;

    /// <summary>The order of becoming Up; int.MaxValue before.</summary>
    internal int UpNumber { get; }

    internal static Member Create(UniqueAddress node, ImmutableHashSet<string> roles) => new(node, int.MaxValue, MemberStatus.Joining, roles);

    public bool HasRole(string role) => Roles.Contains(role);

    public bool IsOlderThan(Member other) => UpNumber == other.UpNumber
        ? AddressOrdering.Compare(Address, other.Address) < 0
        : UpNumber < other.UpNumber;

    public Member Copy(MemberStatus status)
    {
        if (status == Status) return this;
        if (!MayBecome(status)) throw new InvalidOperationException($"Invalid member status transition {Status} -> {status}");
        return new Member(UniqueAddress, UpNumber, status, Roles);
    }

    public Member CopyUp(int upNumber) => new Member(UniqueAddress, upNumber, Status, Roles).Copy(MemberStatus.Up);

    public int CompareTo(Member other) => UniqueAddress.CompareTo(other.UniqueAddress);
    int IComparable.CompareTo(object obj) => CompareTo((Member)obj);
    public override bool Equals(object obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);
    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(",", Roles)}], upNumber={UpNumber})";

    private bool MayBecome(MemberStatus next) => Status switch
    {
        MemberStatus.Removed => false,
        MemberStatus.Down => next is MemberStatus.Removed,
        MemberStatus.Exiting => next is MemberStatus.Removed or MemberStatus.Down,
        MemberStatus.Leaving => next is MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Joining => next is not MemberStatus.Exiting,
        _ => next is not (MemberStatus.Joining or MemberStatus.Exiting) && next != Status,
    };
}
