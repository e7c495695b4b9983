using System.Globalization;

namespace Akka.Actor;

/// <summary>An actor's place in its system. Equality leaves the uid out; refs compare it.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private protected ActorPath(Address address, ActorPath parent, string name, long uid)
    {
        Address = address;
        Parent = parent ?? this;
        Name = name;
        Uid = uid;
        Depth = parent is null ? 0 : parent.Depth + 1;
        Elements = parent is null ? [] : [.. parent.Elements, name];
    }

    public string Name { get; }
    public Address Address { get; }
    public long Uid { get; }
    public ActorPath Parent { get; }
    public int Depth { get; }
    public IReadOnlyList<string> Elements { get; }
    public ActorPath Root => Depth == 0 ? this : Parent.Root;

    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$') return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (s[i] == '%' && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]))
                i += 2;
            else if (!char.IsAsciiLetterOrDigit(s[i]) && !ValidSymbols.Contains(s[i]))
                return false;
        }

        return true;
    }

    public static ActorPath operator /(ActorPath path, string name)
    {
        var (plain, uid) = SplitNameAndUid(name);
        return new ChildActorPath(path, plain, uid);
    }

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(n => n.Length > 0).Aggregate(path, (p, n) => p / n);

    public ActorPath Child(string childName) => this / childName;
    public ActorPath WithUid(long uid) => Depth == 0 || uid == Uid ? this : new ChildActorPath(Parent, Name, uid);

    public static ActorPath Parse(string path) => TryParse(path, out var parsed)
        ? parsed
        : throw new UriFormatException($"Cannot parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var rest)) return false;
        actorPath = new RootActorPath(address) / rest.Split('/');
        return true;
    }

    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);
    public override string ToString() => ToStringWithAddress();
    public string ToStringWithAddress() => Address + ToStringWithoutAddress();
    public string ToStringWithUid() => WithUidSuffix(ToStringWithAddress());
    public string ToSerializationFormat() => ToStringWithUid();
    public string ToStringWithAddress(Address address) => Foreign(address) + ToStringWithoutAddress();
    public string ToSerializationFormatWithAddress(Address address) => WithUidSuffix(ToStringWithAddress(address));

    public bool Equals(ActorPath other) => other is not null && (ReferenceEquals(this, other) ||
        (Depth == other.Depth && Address.Equals(other.Address) && Elements.SequenceEqual(other.Elements)));

    public override bool Equals(object obj) => Equals(obj as ActorPath);
    public override int GetHashCode() => HashCode.Combine(Address, Depth, Name);
    public int CompareTo(ActorPath other) => string.CompareOrdinal(ToString(), other?.ToString());
    public static bool operator ==(ActorPath left, ActorPath right) => Equals(left, right);
    public static bool operator !=(ActorPath left, ActorPath right) => !Equals(left, right);

    /// <summary>"name#17" as ("name", 17); without a uid 0, which stands for "any incarnation".</summary>
    internal static (string Name, long Uid) SplitNameAndUid(string element)
    {
        var hash = element.IndexOf('#');
        return hash < 0
            ? (element, 0)
            : (element[..hash], long.Parse(element.AsSpan(hash + 1), NumberStyles.Integer, CultureInfo.InvariantCulture));
    }

    // A path that already names a host keeps it.
    private Address Foreign(Address address) => Address.HasGlobalScope ? Address : address;
    private string WithUidSuffix(string text) => Uid == 0 ? text : $"{text}#{Uid}";
}

public sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address, string name = "") : base(address, null, name, 0) { }
}

public sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid) : base(parentPath.Address, parentPath, name, uid) { }
}
