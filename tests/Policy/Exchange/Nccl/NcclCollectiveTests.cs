using System.Diagnostics;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Exchange.Nccl;
using R1Reward.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Exchange.Nccl;

/// <summary>Ranks over a library that takes down its calls; the "GPU" is the CPU.</summary>
public sealed class NcclCollectiveTests
{
    public NcclCollectiveTests() => FakeGpu.Reset();

    [Fact]
    public void All_ranks_connect_by_the_id_that_the_first_one_has_made()
    {
        FakeGpu.States.Enqueue(NcclTypes.InProgress);
        LoopbackRing.Run(3, rank =>
        {
            using var group = Group();
            using var ranks = Open(rank, group);
            return ranks.Gather([rank.Rank]).Length;
        });
        Assert.Single(FakeGpu.Calls, "id");
        var id = string.Join(' ', Enumerable.Range(0, 128).Select(place => (byte)((place * 37) + 200)));
        Assert.Equal(
            Enumerable.Range(0, 3).Select(rank => $"init rank {rank} of 3 blocking 0 id {id}"),
            FakeGpu.Calls.Where(call => call.StartsWith("init", StringComparison.Ordinal)).Order());
        Assert.Equal(3, FakeGpu.Calls.Count(call => call.StartsWith("abort", StringComparison.Ordinal)));
    }

    [Fact]
    public void Tensors_are_exchanged_where_they_are()
    {
        using var scope = NewDisposeScope();
        var flat = ones(12).narrow(0, 2, 8);
        var half = ones(7).bfloat16();
        var (data, other) = (AddressOf(flat), AddressOf(half));
        AsSecondOfTwo(ranks =>
        {
            ranks.AllReduce(flat);
            ranks.ReduceScatter(flat);
            ranks.AllGather(flat);
            ranks.AllGather(half);
            ranks.ReduceScatter(half);
        });
        Assert.Equal(
            [
                $"all-reduce {data} {data} 8 type 7 op 0 of 101 in 7",
                $"reduce-scatter {data} {data + 16} 4 type 7 op 0 of 101 in 7",
                $"all-gather {data + 16} {data} 4 type 7 of 101 in 7",
                "group {",
                $"broadcast {other} {other} 3 type 9 root 0 of 101 in 7",
                $"broadcast {other + 6} {other + 6} 4 type 9 root 1 of 101 in 7",
                "}",
                "group {",
                $"reduce {other} {other} 3 type 9 op 0 root 0 of 101 in 7",
                $"reduce {other + 6} {other + 6} 4 type 9 op 0 root 1 of 101 in 7",
                "}",
            ],
            FakeGpu.Calls.SkipWhile(call => !call.StartsWith("all-reduce", StringComparison.Ordinal))
                .Where(call => !call.StartsWith("abort", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_asynchronous_error_ends_the_group_and_loses_a_rank()
    {
        var failure = Failure(ranks =>
        {
            FakeGpu.States.Enqueue(NcclTypes.InProgress);
            FakeGpu.States.Enqueue(6);
            ranks.AllReduce(ones(4));
        });
        Assert.Equal(
            "learner rank 0 is lost: an exchange by NCCL has failed: remote process exited", failure.Message);
        Assert.Contains("abort 101", FakeGpu.Calls);
    }

    [Fact]
    public void A_call_that_fails_ends_the_group()
    {
        var failure = Failure(ranks =>
        {
            FakeGpu.Result = 3;
            ranks.AllGather(ones(4));
        });
        Assert.EndsWith("has failed: remote process exited", failure.Message);
        Assert.Contains("abort 101", FakeGpu.Calls);
    }

    [Fact]
    public void An_exchange_that_takes_too_long_ends_the_group()
    {
        var failure = Failure(
            ranks =>
            {
                FakeGpu.Stream = CudaApi.NotReady;
                ranks.ReduceScatter(ones(4));
            },
            patience: 0.2);
        Assert.Equal("learner rank 0 is lost: an exchange by NCCL was not done within 0.2 s", failure.Message);
        Assert.Contains("abort 101", FakeGpu.Calls);
    }

    [Fact]
    public void A_rank_that_is_gone_is_noticed_while_the_gpu_still_waits_for_it()
    {
        var start = Stopwatch.GetTimestamp();
        var lost = LoopbackRing.Run(3, rank =>
        {
            using var group = Group();
            using var ranks = Open(rank, group);
            ranks.Gather([0]);
            if (rank.Rank == 1)
            {
                return 1;
            }

            FakeGpu.Stream = CudaApi.NotReady;
            return Assert.Throws<RankLostException>(() => ranks.AllReduce(ones(4))).Rank;
        });
        Assert.Equal([1, 1, 1], lost);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_group_that_has_ended_exchanges_nothing_more()
    {
        var failure = Failure(ranks =>
        {
            FakeGpu.States.Enqueue(6);
            Assert.Throws<RankLostException>(() => ranks.AllReduce(ones(4)));
            ranks.AllReduce(ones(4));
        });
        Assert.Equal("learner rank 0 is lost: its group has ended", failure.Message);
    }

    [Fact]
    public void A_link_that_was_looked_at_between_messages_goes_on()
    {
        var all = LoopbackRing.Run(3, rank =>
        {
            rank.LookForLost();
            var first = rank.Gather([rank.Rank]);
            rank.LookForLost();
            rank.LookForLost();
            return first.Concat(rank.Gather([rank.Rank + 10])).Select(one => one[0]).ToArray();
        });
        Assert.All(all, numbers => Assert.Equal([0, 1, 2, 10, 11, 12], numbers));
    }

    [Fact]
    public void Ranks_that_were_together_before_connect_no_second_time()
    {
        using var groups = new Groups(2);
        groups.Together(ranks => ranks.AllReduce(ones(4)));
        groups.Together(ranks => ranks.AllReduce(ones(4)));

        Assert.Equal(2, Calls("init").Count);
        Assert.Equal(4, Calls("all-reduce").Count);
        Assert.Empty(Calls("abort"));
    }

    [Fact]
    public void All_ranks_connect_anew_when_one_of_them_is_another_one_or_its_group_has_ended()
    {
        using var groups = new Groups(3);
        groups.Together(_ => { });
        groups.Replace(1);
        groups.Together(_ => { });
        Assert.Equal(6, Calls("init").Count);
        groups.Together(ranks =>
        {
            if (ranks.Rank == 2)
            {
                FakeGpu.Result = 3;
                Assert.Throws<RankLostException>(() => ranks.AllReduce(ones(4)));
                FakeGpu.Result = 0;
            }
        });
        groups.Together(ranks => ranks.AllReduce(ones(4)));

        Assert.Equal(9, Calls("init").Count);
        Assert.Equal(4, Calls("all-reduce").Count);
    }

    [Fact]
    public void Fewer_ranks_connect_anew()
    {
        using var groups = new Groups(3);
        groups.Together(_ => { });
        groups.Leave();
        groups.Together(_ => { });

        Assert.Equal(2, Calls("init").Count(call => call.Contains(" of 2 ", StringComparison.Ordinal)));
    }

    private static List<string> Calls(string what) =>
        [.. FakeGpu.Calls.Where(call => call.StartsWith(what, StringComparison.Ordinal))];

    private static NcclGroup Group() => new(CPU, FakeGpu.Nccl, FakeGpu.Cuda);

    private static NcclCollective Open(ICollective ring, NcclGroup group, double patience = 30) =>
        new(ring, group, TimeSpan.FromSeconds(patience));

    private static RankLostException Failure(Action<ICollective> work, double patience = 30)
    {
        RankLostException? failure = null;
        AsSecondOfTwo(ranks => failure = Assert.Throws<RankLostException>(() => work(ranks)), patience);
        return failure!;
    }

    /// <summary>The other rank is there, and exchanges nothing.</summary>
    private static void AsSecondOfTwo(Action<ICollective> work, double patience = 30)
    {
        using var done = new ManualResetEventSlim();
        LoopbackRing.Run(2, rank =>
        {
            using var group = Group();
            using var ranks = Open(rank, group, patience);
            using var scope = NewDisposeScope();
            ranks.Gather([0]);
            if (rank.Rank == 1)
            {
                try
                {
                    work(ranks);
                }
                finally
                {
                    done.Set();
                }
            }

            return done.Wait(TimeSpan.FromSeconds(20));
        });
    }

    private static unsafe nint AddressOf(Tensor tensor)
    {
        fixed (byte* data = tensor.bytes)
        {
            return (nint)data;
        }
    }

    /// <summary>Ranks that keep what they are connected by from one ring to the next.</summary>
    private sealed class Groups(int count) : IDisposable
    {
        private readonly List<NcclGroup> _groups = [.. Enumerable.Range(0, count).Select(_ => Group())];

        public void Together(Action<ICollective> work) => LoopbackRing.Run(_groups.Count, rank =>
        {
            using var ranks = Open(rank, _groups[rank.Rank]);
            using var scope = NewDisposeScope();
            work(ranks);
            return ranks.Gather([0]).Length;
        });

        public void Replace(int rank)
        {
            _groups[rank].Dispose();
            _groups[rank] = Group();
        }

        public void Leave()
        {
            _groups[^1].Dispose();
            _groups.RemoveAt(_groups.Count - 1);
        }

        public void Dispose() => _groups.ForEach(group => group.Dispose());
    }
}
