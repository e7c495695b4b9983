namespace Akka.Actor;

/// <summary>Where an actor system is: protocol, system name and, once it listens, host and port.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable
{
    public static readonly Address AllSystems = new("akka", "all-systems");

    private readonly string _text;

    public Address(string protocol, string system, string host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _text = $"{Protocol}://{System}{(HasGlobalScope ? "@" + Host : "")}{(Port is { } p ? ":" + p : "")}";
    }

    public string Host { get; }
    public int? Port { get; }
    public string System { get; }
    public string Protocol { get; }
    public bool HasLocalScope => string.IsNullOrEmpty(Host);
    public bool HasGlobalScope => !string.IsNullOrEmpty(Host);

    public string HostPort() => _text[(Protocol.Length + 3)..];
    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);
    public Address WithSystem(string system) => new(Protocol, system, Host, Port);
    public Address WithHost(string host = null) => new(Protocol, System, host, Port);
    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public int CompareTo(Address other)
    {
        if (other is null) return 1;
        var result = string.CompareOrdinal(Protocol, other.Protocol);
        if (result == 0) result = string.CompareOrdinal(System, other.System);
        if (result == 0) result = string.CompareOrdinal(Host ?? "", other.Host ?? "");
        return result != 0 ? result : (Port ?? 0).CompareTo(other.Port ?? 0);
    }

    int IComparable.CompareTo(object obj) => CompareTo(obj as Address);
    public bool Equals(Address other) => other is not null && _text == other._text;
    public override bool Equals(object obj) => Equals(obj as Address);
    public override int GetHashCode() => _text.GetHashCode();
    public override string ToString() => _text;
    public static bool operator ==(Address left, Address right) => Equals(left, right);
    public static bool operator !=(Address left, Address right) => !Equals(left, right);

    public static Address Parse(string address) => TryParse(address, out var parsed)
        ? parsed
        : throw new UriFormatException($"Not a valid address: [{address}]");

    public static bool TryParse(string path, out Address address) => TryParse(path, out address, out _);

    /// <summary>Splits "protocol://system@host:port/a/b" into the address and the path with its leading slash.</summary>
    public static bool TryParse(string path, out Address address, out string absolutUri)
    {
        address = null;
        absolutUri = null;
        var scheme = path?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (scheme <= 0 || !path.StartsWith("akka", StringComparison.OrdinalIgnoreCase)) return false;
        var rest = path[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        absolutUri = slash < 0 ? "/" : rest[slash..];
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.IndexOf('@');
        if (authority.Length == 0 || at == 0) return false;
        if (at < 0)
        {
            if (authority.Contains(':')) return false;
            address = new Address(path[..scheme], authority);
            return true;
        }

        // The last colon outside an IPv6 literal's brackets starts the port.
        var colon = authority.LastIndexOf(':');
        if (colon < at || authority.EndsWith(']')) return false;
        if (!int.TryParse(authority[(colon + 1)..], out var port) || port is < 0 or > 65535) return false;
        address = new Address(path[..scheme], authority[..at], authority[(at + 1)..colon], port);
        return true;
    }
}
