using System.Net;
using Akka.Actor;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Checks the addresses of a node before Akka.NET sees them, which reports a wrong one by five exceptions, or not at
/// all while the node waits for a cluster that cannot answer.
/// </summary>
internal static class AddressCheck
{
    /// <summary>The section with the addresses of Akka.NET's TCP transport.</summary>
    public const string Tcp = "akka.remote.dot-netty.tcp.";

    /// <summary>Key of the address that a node listens on.</summary>
    public const string Host = Tcp + "hostname";

    /// <summary>Key of the port that a node listens on.</summary>
    public const string Port = Tcp + "port";

    /// <summary>Key of the addresses at which a node looks for its cluster.</summary>
    public const string Seeds = "akka.cluster.seed-nodes";

    private const string PublicHost = Tcp + "public-hostname";
    private const string Plain = "akka.tcp";
    private const string PublicPort = Tcp + "public-port";

    /// <summary>
    /// Checks what can be seen in the text: ports, the address that others see, and the form of the seeds.
    /// </summary>
    /// <param name="reader">The configuration; it collects the errors.</param>
    /// <param name="systemName">The name that all nodes of a cluster share.</param>
    public static void Check(SettingsReader reader, string systemName)
    {
        reader.Whole(Port, 0, 65535);
        var own = OwnHost(reader);
        foreach (var key in (string[])[Host, PublicHost])
        {
            if (reader.Text(key) is { Length: > 0 } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            {
                reader.Refuse(key, "write a host name or an IP address, without scheme and port");
            }
        }

        if (IsAny(own))
        {
            reader.Refuse(
                reader.Text(PublicHost).Length > 0 ? PublicHost : Host,
                $"this listens everywhere, and no other node can answer to it; set {PublicHost} to the address that " +
                "the others use");
        }

        foreach (var seed in reader.List(Seeds))
        {
            if (Fault(seed, Scheme(reader), systemName, own, OwnPort(reader)) is { } fault)
            {
                reader.Refuse(Seeds, fault);
            }
        }
    }

    /// <summary>Whether nodes speak TLS: seeds are then <c>akka.ssl.tcp</c>.</summary>
    public static bool IsEncrypted(SettingsReader reader) => IsOn(reader, Tcp + "enable-ssl");

    /// <summary>A flag of the engine's, which is off where nothing is written.</summary>
    public static bool IsOn(SettingsReader reader, string key) => reader.Text(key) is "on" or "true" or "yes";

    /// <summary>The host under which the other nodes know this one; the engine's is the machine's name.</summary>
    public static string OwnHost(SettingsReader reader) =>
        new[] { reader.Text(PublicHost), reader.Text(Host) }.FirstOrDefault(host => host.Length > 0)
            ?? Dns.GetHostName();

    /// <summary>The port under which the other nodes know this one, as it is written; 0 until it is chosen.</summary>
    public static string OwnPort(SettingsReader reader) =>
        reader.Text(PublicPort) is { Length: > 0 } and not "0" ? reader.Text(PublicPort) : reader.Text(Port);

    private static string Scheme(SettingsReader reader) => IsEncrypted(reader) ? "akka.ssl.tcp" : Plain;

    private static bool IsAny(string? host) => IPAddress.TryParse(host, out var address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static string? Fault(string seed, string scheme, string systemName, string ownHost, string ownPort)
    {
        var example = $"for example {scheme}://{systemName}@10.0.0.1:4053";
        if (!Address.TryParse(seed, out var address) || address.Port is null or < 1 or > 65535)
        {
            return $"{seed} is no address of a node; write scheme, system, host and port, {example}";
        }

        if (address.Protocol != scheme)
        {
            var why = scheme == Plain ? $"without {Tcp}enable-ssl it is" : $"{Tcp}enable-ssl makes it";
            return $"{seed} begins with {address.Protocol}; {why} {scheme}, {example}";
        }

        if (address.System != systemName)
        {
            return $"{seed} names the system {address.System}; every node of this program is called {systemName}, " +
                example;
        }

        if (IsAny(address.Host))
        {
            return $"{seed} names no machine; write the address that the seed calls itself, {example}";
        }

        // Akka.NET compares addresses as texts, so a node that is its own seed under another name never meets itself.
        var isSame = (IsLoopback(address.Host) && IsLoopback(ownHost))
            || string.Equals(address.Host, ownHost, StringComparison.OrdinalIgnoreCase);
        return isSame && address.Host != ownHost && $"{address.Port}" == ownPort ? OtherName(seed, ownHost) : null;
    }

    /// <summary>What to do about a seed that is the node itself under another name.</summary>
    public static string OtherName(string seed, string ownHost) =>
        $"{seed} is this node under another name than {Host}, which is {ownHost}; write the same in both";

    private static bool IsLoopback(string? host) => host is "localhost" or "127.0.0.1" or "::1" or "[::1]";
}
