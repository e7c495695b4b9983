using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class WeightPartsTests
{
    [Theory]
    [InlineData(0, false, 1)]
    [InlineData(1, true, 0)]
    public void The_next_layer_is_on_its_way_while_one_is_used(int layer, bool backwards, int next)
    {
        using var model = Some.Model();
        using var ranks = new SlowRanks(OneRank.Alone);
        using var parts = new WeightParts(model.Parameters, RankCut.Whole, () => ranks);
        var ranges = GradientBuckets.Cut(model.Parameters.Groups, new AdamWOptions().BucketBytes, byLayer: true)
            .Count(bucket => bucket.Layer == layer || bucket.Layer == next);
        float Sum(int of) => model.Parameters[$"model.layers.{of}.mlp.up_proj.weight"].sum().item<float>();
        using (parts.Use(layer, backwards))
        {
            Assert.True(float.IsFinite(Sum(layer)));
            Assert.True(SpinWait.SpinUntil(() => ranks.Gathered == ranges, TimeSpan.FromSeconds(10)));
            Assert.True(float.IsNaN(Sum(next)));
        }

        Assert.True(float.IsNaN(Sum(layer)));
        using (parts.Use(next, backwards))
        {
            Assert.True(float.IsFinite(Sum(next)));
        }

        Assert.Equal(ranges, ranks.Gathered);
    }

    [Fact]
    public void A_pass_that_ends_before_its_time_leaves_nothing_in_the_way_of_another()
    {
        using var model = Some.Model();
        var expected = Numbers.Values(model.Parameters);
        using var parts = new WeightParts(model.Parameters, RankCut.Whole, () => OneRank.Alone);
        parts.Use(0).Dispose();
        Assert.Equal(expected, Numbers.Values(model.Parameters));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Ranks_of_unlike_speed_make_the_same_exchanges_in_the_same_order(int slow)
    {
        float[] Weights(bool overlaps) => LoopbackRing.Run(
            3,
            rank =>
            {
                using var model = Some.Model();
                using var ranks = new SlowRanks(rank) { Delay = TimeSpan.FromMilliseconds(rank.Rank == slow ? 3 : 0) };
                using var optimizer = new AdamW(
                    model.Trained, new AdamWOptions { Sharding = Sharding.Parameters, Overlaps = overlaps })
                {
                    Ranks = ranks,
                };
                var trainer = new SftTrainer(
                    model,
                    optimizer,
                    new LearningRateSchedule { BaseRate = 1e-2 },
                    new SftOptions { MicroBatchTokens = 24 });
                trainer.Step(Some.Rows(7));
                ResponseLogProbs.Compute(model, Some.Rows(2), 24, ranks: ranks);
                trainer.Step(Some.Rows(2));
                return Numbers.Values(model.Parameters);
            },
            patience: 10)[slow];
        Assert.Equal(Weights(false), Weights(true));
    }

    /// <summary>Takes its time before each exchange, and counts those of weights.</summary>
    private sealed class SlowRanks(ICollective ranks) : ICollective
    {
        private int _gathered;

        public TimeSpan Delay { get; init; }

        public int Gathered => Volatile.Read(ref _gathered);

        public int Rank => ranks.Rank;

        public int Count => ranks.Count;

        public void ReduceScatter(Tensor flat)
        {
            Task.Delay(Delay, TimeProvider.System).GetAwaiter().GetResult();
            ranks.ReduceScatter(flat);
        }

        public void AllGather(Tensor flat)
        {
            Task.Delay(Delay, TimeProvider.System).GetAwaiter().GetResult();
            ranks.AllGather(flat);
            Interlocked.Increment(ref _gathered);
        }

        public double[][] Gather(double[] own) => ranks.Gather(own);

        public void Dispose()
        {
            // The connections are the caller's.
        }
    }
}
