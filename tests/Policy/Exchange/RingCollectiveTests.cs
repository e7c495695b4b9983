using System.Diagnostics;
using R1Reward.Policy.Exchange;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Exchange;

public sealed class RingCollectiveTests
{
    [Theory]
    [InlineData(2, 5)]
    [InlineData(3, 1)]
    [InlineData(3, 100_003)]
    [InlineData(4, 1_300_000)]
    public void Every_rank_has_the_sum_of_all_to_the_same_bits_as_in_another_run(int ranks, int count)
    {
        float[][] Sums() => LoopbackRing.Run(ranks, rank =>
        {
            using var scope = NewDisposeScope();
            var flat = Own(rank.Rank, count);
            rank.AllReduce(flat);
            return Numbers.Values(flat);
        });
        var sums = Sums();
        Assert.Equal(sums[0], Sums()[0]);
        Assert.All(sums, sum => Assert.Equal(sums[0], sum));
        for (var i = 0; i < count; i += Math.Max(1, count / 1000))
        {
            Assert.Equal(Enumerable.Range(0, ranks).Sum(rank => (double)Element(rank, i)), sums[0][i], 1e-5);
        }
    }

    [Fact]
    public void A_scattered_sum_is_right_in_the_own_part_and_parts_come_back_together()
    {
        var results = LoopbackRing.Run(3, rank =>
        {
            using var scope = NewDisposeScope();
            var flat = Own(rank.Rank, 10);
            rank.ReduceScatter(flat);
            var (start, length) = RankShare.PartOf(10, rank.Rank, 3);
            var part = Numbers.Values(flat.narrow(0, start, length));
            var whole = Own(rank.Rank, 10).to(ScalarType.BFloat16);
            rank.AllGather(whole);
            return (start, part, Whole: Numbers.Values(whole), Exact: Numbers.Values(Own(rank.Rank, 10).bfloat16()));
        });
        foreach (var (start, part, whole, _) in results)
        {
            Assert.Equal([.. part.Select((_, i) => Enumerable.Range(0, 3).Sum(r => Element(r, (int)start + i)))], part,
                (one, other) => Math.Abs(one - other) < 1e-5);
            for (var i = 0; i < 10; i++)
            {
                var owner = Array.FindLastIndex(results, one => one.start <= i);
                Assert.Equal(results[owner].Exact[i], whole[i]);
            }
        }
    }

    [Fact]
    public void Numbers_of_all_ranks_come_in_their_order()
    {
        var all = LoopbackRing.Run(4, rank => rank.Gather([rank.Rank, double.NaN]));
        Assert.All(all, gathered => Assert.Equal([0, 1, 2, 3], gathered.Select(one => one[0])));
    }

    [Fact]
    public void A_rank_sends_as_much_as_the_theory_says()
    {
        const int Count = 1_000_000;
        var sent = LoopbackRing.Run(4, rank =>
        {
            using var scope = NewDisposeScope();
            rank.AllReduce(zeros(Count));
            return ((RingCollective)rank).BytesSent;
        });
        Assert.All(sent, bytes => Assert.Equal(2 * 3 / 4.0 * Count * sizeof(float), bytes));
    }

    [Fact]
    public void All_others_name_the_rank_that_is_lost_at_once()
    {
        var ring = LoopbackRing.Open(4);
        var lost = new int[4];
        var start = Stopwatch.GetTimestamp();
        var threads = ring.Select((rank, i) => new Thread(() =>
        {
            rank.Gather([0]);
            if (i == 2)
            {
                rank.Dispose();
                return;
            }

            lost[i] = Assert.Throws<RankLostException>(() => rank.Gather([1])).Rank;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal([2, 2, 0, 2], lost);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_rank_that_says_nothing_is_lost_after_the_patience()
    {
        var ring = LoopbackRing.Open(2, patience: 0.1);
        var failure = Assert.Throws<RankLostException>(() => ring[0].Gather([1]));
        Assert.Equal("learner rank 1 is lost: no answer within 0.1 s", failure.Message);
        ring[1].Dispose();
    }

    [Fact]
    public void A_rank_that_does_something_else_is_named_with_both_lengths()
    {
        var failure = Assert.Throws<InvalidOperationException>(
            () => LoopbackRing.Run(2, rank => rank.Gather(new double[1 + rank.Rank])));
        Assert.Matches("learner rank . is lost: it sent (8|16) bytes .* where (8|16) bytes", failure.Message);
    }

    [Fact]
    public void Rows_are_cut_by_tokens_and_each_belongs_to_one_rank()
    {
        int[] lengths = [7, 1, 9, 3, 3, 12, 2, 5];
        int[][] shares = [.. Enumerable.Range(0, 3).Select(rank => RankShare.Of(lengths, rank, 3))];
        Assert.Equal(Enumerable.Range(0, lengths.Length), shares.SelectMany(share => share).Order());
        int[] tokens = [.. shares.Select(share => share.Sum(row => lengths[row]))];
        Assert.True(tokens.Max() - tokens.Min() <= 2, string.Join(" ", tokens));
        Assert.Empty(RankShare.Of([4], 1, 2));
    }

    private static Tensor Own(int rank, int count) =>
        tensor(Enumerable.Range(0, count).Select(i => Element(rank, i)).ToArray(), device: CPU);

    private static float Element(int rank, int i) => MathF.Sin((i * 0.37f) + rank);
}
