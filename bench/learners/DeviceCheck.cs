using R1Reward.Policy.Exchange;
using R1Reward.Policy.Exchange.Nccl;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Bench.Learners;

/// <summary>
/// Whether the exchanges of two ranks of this process give the right numbers on their devices: by NCCL on two GPUs, by
/// the ring on a CPU. Lengths that the ranks share out evenly and such that they do not, in both number formats.
/// </summary>
internal static class DeviceCheck
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <returns>Whether all numbers are right.</returns>
    public static bool Run(string device)
    {
        var (to, fromOther) = Loopback.Pair();
        var (toOther, from) = Loopback.Pair();
        RingCollective[] ring = [new(0, 2, to, from, _patience), new(1, 2, toOther, fromOther, _patience)];
        var faults = new string?[2];
        var threads = ring.Select((rank, i) => new Thread(() => faults[i] = Fault(rank, device))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Console.WriteLine(Array.Find(faults, fault => fault is not null) ?? $"two ranks on {device}: all right");
        return faults.All(fault => fault is null);
    }

    private static string? Fault(RingCollective ring, string name)
    {
        try
        {
            var device = name == "cpu" ? CPU : new Device(DeviceType.CUDA, ring.Rank);
            var kind = name == "cpu" ? ExchangeKind.Ring : ExchangeKind.Nccl;
            using var exchange = new GpuExchange(kind, device, _patience);
            using var ranks = exchange.Over(ring);
            foreach (var length in new[] { 1, 2, 7, 4096, 1_000_003 })
            {
                Check(ranks, device, length);
            }

            ranks.Gather([0]);
            return null;
        }
        catch (Exception failure)
        {
            return $"rank {ring.Rank}: {failure.Message}";
        }
    }

    private static void Check(ICollective ranks, Device device, int length)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (start, count) = RankShare.PartOf(length, ranks.Rank, ranks.Count);
        Tensor Own(int rank) => (arange(length, dtype: ScalarType.Float32) % 97 + (100 * rank)).to(device);
        var sum = Own(0) + Own(1);
        var all = Own(ranks.Rank);
        ranks.AllReduce(all);
        Expect(all, sum, "all-reduce");
        var part = Own(ranks.Rank);
        ranks.ReduceScatter(part);
        Expect(part.narrow(0, start, count), sum.narrow(0, start, count), "reduce-scatter");
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var whole = Own(ranks.Rank).to(dtype);
            ranks.AllGather(whole);
            var first = RankShare.PartOf(length, 0, ranks.Count).Count;
            var expected = cat([Own(0).narrow(0, 0, first), Own(1).narrow(0, first, length - first)], 0).to(dtype);
            Expect(whole, expected, $"all-gather in {dtype}");
        }

        void Expect(Tensor got, Tensor due, string what)
        {
            if (got.ne(due).any().ToBoolean())
            {
                throw new InvalidDataException($"{what} of {length} elements is wrong");
            }
        }
    }
}
