using System.Net;
using System.Net.Sockets;
using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Tests.Exchange;

/// <summary>Ranks as threads of this process, in a ring of loopback sockets.</summary>
internal static class LoopbackRing
{
    /// <summary>What each rank comes to; the first failure where one fails.</summary>
    internal static T[] Run<T>(int ranks, Func<ICollective, T> work, double patience = 60)
    {
        if (ranks == 1)
        {
            return [work(OneRank.Alone)];
        }

        var ring = Open(ranks, patience);
        try
        {
            var results = new T[ranks];
            var failures = new Exception?[ranks];
            var threads = ring.Select((rank, i) => new Thread(() =>
            {
                try
                {
                    results[i] = work(rank);
                }
                catch (Exception failure)
                {
                    failures[i] = failure;
                    rank.Dispose();
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            return failures.OfType<Exception>().FirstOrDefault() is { } first
                ? throw new InvalidOperationException(first.Message, first)
                : results;
        }
        finally
        {
            Array.ForEach(ring, rank => rank.Dispose());
        }
    }

    /// <summary>The ranks, connected.</summary>
    internal static RingCollective[] Open(int ranks, double patience = 60)
    {
        var pairs = Enumerable.Range(0, ranks).Select(_ => Connect()).ToArray();
        return
        [
            .. Enumerable.Range(0, ranks).Select(rank => new RingCollective(
                rank,
                ranks,
                pairs[rank].From,
                pairs[(rank + ranks - 1) % ranks].To,
                TimeSpan.FromSeconds(patience))),
        ];
    }

    internal static (NetworkStream From, NetworkStream To) Connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var from = new TcpClient { NoDelay = true };
        from.Connect((IPEndPoint)listener.LocalEndpoint);
        return (from.GetStream(), listener.AcceptTcpClient().GetStream());
    }
}
