using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace R1Reward.Bench.Kills;

/// <summary>Where a trial's nodes run: on loopback, or in the network namespaces of bench/partitions/run.</summary>
/// <param name="namespaces">What the names of the namespaces begin with; empty: loopback.</param>
/// <param name="nodes">Number of nodes.</param>
internal sealed class Hosts(string namespaces, int nodes)
{
    private const int NodePort = 4053;

    private readonly int[] _ports =
        [.. Enumerable.Range(0, nodes).Select(_ => namespaces.Length > 0 ? NodePort : FreePort())];

    /// <summary>Whether each node has a host of its own; they then speak TLS.</summary>
    public bool AreApart => namespaces.Length > 0;

    /// <summary>Host that a node listens on: its own address where hosts are apart, else loopback.</summary>
    public string AddressOf(int node) => AreApart ? $"10.99.0.{node + 1}" : "127.0.0.1";

    /// <summary>TCP port on which a node takes actor messages.</summary>
    public int PortOf(int node) => _ports[node];

    /// <summary>Full actor address under which other nodes know a node, as seeds name it.</summary>
    public string NodeAddress(int node) =>
        $"{(AreApart ? "akka.ssl.tcp" : "akka.tcp")}://r1reward@{AddressOf(node)}:{PortOf(node)}";

    /// <summary>The program and the first arguments of what runs on a node's host.</summary>
    public string[] Command(int node) =>
        AreApart ? ["ip", "netns", "exec", $"{namespaces}-{node}", "dotnet"] : ["dotnet"];

    /// <summary>Takes a host's cable out, or puts it back.</summary>
    public void Connect(int node, bool isConnected)
    {
        using var ip = Process.Start(
            "ip", ["-n", $"{namespaces}-hub", "link", "set", $"port{node}", isConnected ? "up" : "down"]);
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"no cable of host {node}: exit code {ip.ExitCode}"));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
