using System.Net;
using System.Net.Sockets;

namespace R1Reward.Bench.Learners;

/// <summary>Connections of this machine to itself, as the ranks of a ring have them.</summary>
internal static class Loopback
{
    public static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    public static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    public static NetworkStream Call(int port)
    {
        var client = new TcpClient { NoDelay = true };
        client.Connect(IPAddress.Loopback, port);
        return client.GetStream();
    }

    /// <summary>Two ends of one connection within this process.</summary>
    public static (NetworkStream From, NetworkStream To) Pair()
    {
        using var listener = Listen();
        var from = Call(PortOf(listener));
        return (from, listener.AcceptTcpClient().GetStream());
    }
}
