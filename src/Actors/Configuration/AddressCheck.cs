using System.Net;
using System.Net.Sockets;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Checks the addresses of a node before Akka.NET sees them, which reports a wrong one by five exceptions, or not at
/// all while the node waits for a cluster that cannot answer.
/// </summary>
internal static class AddressCheck
{
    private const string Tcp = "akka.remote.dot-netty.tcp.";
    private const string Host = Tcp + "hostname";
    private const string PublicHost = Tcp + "public-hostname";
    private const string Port = Tcp + "port";
    private const string Seeds = "akka.cluster.seed-nodes";

    /// <summary>
    /// Checks what can be seen in the text: ports, the address that others see, and the form of the seeds.
    /// </summary>
    /// <param name="reader">The configuration; it collects the errors.</param>
    /// <param name="systemName">The name that all nodes of a cluster share.</param>
    public static void Check(SettingsReader reader, string systemName)
    {
        reader.Whole(Port, 0, 65535);
        var publicHost = reader.Text(PublicHost);
        var host = reader.Text(Host);
        if (publicHost.Length == 0 && IPAddress.TryParse(host, out var address) && IsAny(address))
        {
            reader.Refuse(
                Host,
                $"this listens everywhere, and no other node can answer to it; set {PublicHost} to the address that " +
                "the others use");
        }

        var scheme = reader.Text(Tcp + "enable-ssl") is "on" or "true" ? "akka.ssl.tcp" : "akka.tcp";
        var own = publicHost.Length > 0 ? publicHost : host;
        foreach (var seed in reader.List(Seeds))
        {
            if (Fault(seed, scheme, systemName, own, reader.Text(Port)) is { } fault)
            {
                reader.Refuse(Seeds, fault);
            }
        }
    }

    /// <summary>Tries the address that the node is to listen on, and gives it back.</summary>
    public static void TryListening(SettingsReader reader)
    {
        var host = reader.Text(Host);
        var port = reader.Whole(Port, 0, 65535);
        IPAddress[] addresses;
        try
        {
            addresses = Dns.GetHostAddresses(host.Length > 0 ? host : Dns.GetHostName());
        }
        catch (SocketException error)
        {
            reader.Refuse(Host, $"this name cannot be looked up ({error.Message}); write an address of this machine");
            return;
        }

        try
        {
            using var listener = new TcpListener(addresses[0], port) { ExclusiveAddressUse = true };
            listener.Start();
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            reader.Refuse(Port, $"another program listens on port {port} of {host}; write a free port, or 0 for any");
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            reader.Refuse(Port, $"this user may not listen on port {port}; write one above 1023");
        }
        catch (SocketException error)
        {
            reader.Refuse(
                Host, $"this machine cannot listen on it ({error.Message}); write an address of this machine");
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string? Fault(string seed, string scheme, string systemName, string ownHost, string ownPort)
    {
        var example = $"for example {scheme}://{systemName}@10.0.0.1:4053";
        if (!Akka.Actor.Address.TryParse(seed, out var address) || address.Port is null or < 1 or > 65535)
        {
            return $"{seed} is no address of a node; write scheme, system, host and port, {example}";
        }

        if (address.Protocol != scheme)
        {
            return $"{seed} begins with {address.Protocol}; {Tcp}enable-ssl makes it {scheme}, {example}";
        }

        if (address.System != systemName)
        {
            return $"{seed} names the system {address.System}; every node of this program is called {systemName}, " +
                example;
        }

        // Akka.NET compares addresses as texts, so a node that is its own seed under another name never meets itself.
        return IsLoopback(address.Host)
            && IsLoopback(ownHost)
            && address.Host != ownHost
            && $"{address.Port}" == ownPort
            ? $"{seed} is this node under another name than {Host}, which is {ownHost}; write the same in both"
            : null;
    }

    private static bool IsLoopback(string? host) => host is "localhost" or "127.0.0.1" or "::1" or "[::1]";
}
