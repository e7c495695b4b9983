using Akka.Actor;

namespace Akka.Cluster;

/// <summary>One incarnation of a system at an address.</summary>
public class UniqueAddress : IComparable<UniqueAddress>, IEquatable<UniqueAddress>, IComparable
{
    public UniqueAddress(Address address, int uid)
    {
        Address = address;
        Uid = uid;
    }

    public Address Address { get; }
    public int Uid { get; }

    public bool Equals(UniqueAddress other) => other is not null && Uid == other.Uid && Address.Equals(other.Address);
    public override bool Equals(object obj) => Equals(obj as UniqueAddress);
    public override int GetHashCode() => Uid;

    public int CompareTo(UniqueAddress uniqueAddress)
    {
        var result = Member.AddressOrdering.Compare(Address, uniqueAddress.Address);
        return result != 0 ? result : Uid.CompareTo(uniqueAddress.Uid);
    }

    int IComparable.CompareTo(object obj) => CompareTo((UniqueAddress)obj);
    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";
    public static bool operator ==(UniqueAddress left, UniqueAddress right) => Equals(left, right);
    public static bool operator !=(UniqueAddress left, UniqueAddress right) => !Equals(left, right);
}
