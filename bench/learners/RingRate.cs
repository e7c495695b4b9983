using System.Diagnostics;
using System.Globalization;
using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Bench.Learners;

/// <summary>
/// Sums of 64 MiB over two ranks of this process, beside a copy of as many bytes through the same sockets: both sides
/// send and receive at once, in pieces of a mebibyte.
/// </summary>
internal static class RingRate
{
    private const int Bytes = 64 << 20;
    private const int Piece = 1 << 20;
    private const int Rounds = 15;

    public static void Measure()
    {
        var (to, fromOther) = Loopback.Pair();
        var (toOther, from) = Loopback.Pair();
        RingCollective[] ring =
        [
            new(0, 2, to, from, TimeSpan.FromMinutes(1)),
            new(1, 2, toOther, fromOther, TimeSpan.FromMinutes(1)),
        ];
        using var scope = NewDisposeScope();
        Tensor[] flats = [ones(Bytes / sizeof(float)), ones(Bytes / sizeof(float))];
        List<double> copies = [];
        List<double> sums = [];
        for (var round = 0; round <= Rounds; round++)
        {
            copies.Add(Seconds(
                () => Send(to), () => Receive(fromOther), () => Send(toOther), () => Receive(from)));
            sums.Add(Seconds(() => Sum(ring[0], flats[0]), () => Sum(ring[1], flats[1])));
        }

        // The first round compiles code and lets buffers grow.
        var (copy, sum) = (copies.Skip(1).Min(), sums.Skip(1).Min());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"64 MiB each way, the least of {Rounds}: plain copy {Rate(copy):N2} GB/s, sum over the ring "
            + $"{Rate(sum):N2} GB/s, {copy / sum:P0} of it"));
    }

    private static double Rate(double seconds) => Bytes / seconds / 1e9;

    private static void Sum(RingCollective rank, Tensor flat)
    {
        rank.ReduceScatter(flat);
        rank.AllGather(flat);
    }

    private static void Send(Stream stream)
    {
        var piece = new byte[Piece];
        for (var sent = 0; sent < Bytes; sent += Piece)
        {
            stream.Write(piece);
        }
    }

    private static void Receive(Stream stream)
    {
        var piece = new byte[Piece];
        for (var received = 0; received < Bytes; received += Piece)
        {
            stream.ReadExactly(piece);
        }
    }

    private static double Seconds(params Action[] works)
    {
        var threads = works.Select(work => new Thread(() => work())).ToList();
        var clock = Stopwatch.StartNew();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return clock.Elapsed.TotalSeconds;
    }
}
