using System.Collections.Concurrent;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class GradientExchangeTests
{
    private static readonly AdamWOptions _fine = new() { BucketBytes = 1 };

    [Theory]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(long.MaxValue)]
    public void Buckets_hold_every_weight_once_in_the_order_of_the_backward_pass(long leastBytes)
    {
        using var model = Some.Model();
        var groups = model.Parameters.Groups;
        var buckets = GradientBuckets.Cut(groups, leastBytes);
        Assert.Equal(buckets.Select(bucket => bucket.Layer).OrderDescending(), buckets.Select(bucket => bucket.Layer));
        foreach (var (index, group) in groups.Index())
        {
            var end = 0L;
            foreach (var bucket in buckets.Where(bucket => bucket.Group == index).OrderBy(bucket => bucket.Start))
            {
                Assert.Equal(end, bucket.Start);
                var before = group.Slices().LastOrDefault(slice => slice.Offset < bucket.Start).Spec;
                Assert.True(
                    bucket.Count * sizeof(float) >= leastBytes || bucket.Start == 0
                    || before.Count * sizeof(float) >= leastBytes);
                end += bucket.Count;
            }

            Assert.Equal(group.Values.numel(), end);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void Buckets_by_layer_hold_what_is_of_one_layer_alone(long leastBytes)
    {
        using var model = Some.Model();
        var groups = model.Parameters.Groups;
        var buckets = GradientBuckets.Cut(groups, leastBytes, byLayer: true);
        Assert.Equal(model.Parameters.Count, buckets.Sum(bucket => bucket.Count));
        Assert.All(buckets, bucket => Assert.All(
            bucket.Slices(groups[bucket.Group]),
            slice => Assert.Equal(bucket.Layer, GradientBuckets.LayerOf(slice.Spec.Name))));
    }

    [Fact]
    public void All_buckets_of_an_adapter_belong_to_layers()
    {
        using var model = Some.Model();
        using var adapter = LoraAdapter.Create(
            model, new LoraConfig { Rank = 2, Targets = ModuleSelection.Parse("all-linear", "targets") }, 1);
        var layers = GradientBuckets.Cut(model.Trained.Groups, 1).Select(bucket => bucket.Layer).Distinct();
        Assert.Equal(Enumerable.Range(0, model.Config.Layers).Reverse(), layers);
    }

    [Fact]
    public void A_layer_is_exchanged_while_those_before_it_have_no_gradients_yet()
    {
        using var model = Some.Model();
        using var ranks = new RecordingRanks();
        using var optimizer = new AdamW(model.Trained, _fine) { Ranks = ranks };
        using var exchange = optimizer.Exchange(2);
        Assert.Null(exchange.BeginMicroBatch());
        exchange.EndMicroBatch();
        var complete = exchange.BeginMicroBatch()!;
        var last = model.Config.Layers - 1;
        complete(last);
        var buckets = GradientBuckets.Cut(model.Trained.Groups, 1);
        long[] early = [.. buckets.Where(bucket => bucket.Layer >= last).Select(bucket => bucket.Count)];
        Assert.NotEmpty(early);
        Assert.Equal(early, early.Select(_ => ranks.Next().Elements));
        Assert.Empty(ranks.Exchanged);
        optimizer.Combine(exchange);
        long[] late = [.. buckets.Where(bucket => bucket.Layer < last).Select(bucket => bucket.Count)];
        Assert.Equal(late, ranks.Exchanged.Select(one => one.Elements));
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, ranks.Exchanged.Select(one => one.Thread));
        Assert.True(optimizer.Waited > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.Float32, true)]
    public void Sums_that_lie_apart_are_the_same_when_they_are_exchanged_early(ScalarType dtype, bool offLoad)
    {
        float[] Weights(bool overlaps) => LoopbackRing.Run(2, rank =>
        {
            using var model = Some.Model(dtype: dtype);
            var options = _fine with { OffLoad = offLoad, Overlaps = overlaps };
            using var optimizer = new AdamW(model.Trained, options) { Ranks = rank };
            Trainer(model, optimizer).Step(Some.Rows(7));
            return Numbers.Values(model.Trained.Groups[0].Values);
        })[0];
        Assert.Equal(Weights(false), Weights(true));
    }

    [Fact]
    public void A_failure_in_the_background_comes_out_in_the_thread_of_the_learner()
    {
        using var model = Some.Model();
        using var ranks = new RecordingRanks { Failure = new RankLostException(1, "it is gone") };
        using var optimizer = new AdamW(model.Trained, _fine) { Ranks = ranks };
        using var exchange = optimizer.Exchange(1);
        var complete = exchange.BeginMicroBatch()!;
        complete(1);
        ranks.Next();
        Assert.Throws<RankLostException>(() => SpinWait.SpinUntil(
            () =>
            {
                complete(0);
                return false;
            },
            TimeSpan.FromSeconds(10)));
        Assert.Throws<RankLostException>(() => optimizer.Combine(exchange));
        Assert.Equal(0, optimizer.StepCount);
    }

    [Fact]
    public void A_step_that_fails_elsewhere_leaves_no_thread_behind()
    {
        using var model = Some.Model();
        using var ranks = new RecordingRanks();
        using var optimizer = new AdamW(model.Trained, _fine) { Ranks = ranks };
        using (var exchange = optimizer.Exchange(1))
        {
            exchange.BeginMicroBatch()!(model.Config.Layers);
        }

        var exchanged = ranks.Exchanged.Count;
        Assert.True(exchanged < GradientBuckets.Cut(model.Trained.Groups, 1).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_others_lose_a_rank_in_the_middle_of_their_backward_pass(bool checkpointing)
    {
        var reasons = LoopbackRing.Run(3, rank =>
        {
            using var model = Some.Model();
            var ranks = rank.Rank == 1 ? new Leaving(rank) : rank;
            using var optimizer = new AdamW(model.Trained, _fine) { Ranks = ranks };
            var trainer = Trainer(model, optimizer, checkpointing);
            var before = Numbers.Values(model.Trained.Groups[0].Values);
            var lost = Assert.Throws<RankLostException>(() => trainer.Step(Some.Rows(7)));
            Assert.Equal(before, Numbers.Values(model.Trained.Groups[0].Values));
            return lost.Rank;
        });
        Assert.All(reasons, rank => Assert.Equal(1, rank));
    }

    private static SftTrainer Trainer(CausalLM model, AdamW optimizer, bool checkpointing = false) => new(
        model,
        optimizer,
        new LearningRateSchedule { BaseRate = 1e-2 },
        new SftOptions { MicroBatchTokens = 24, GradientCheckpointing = checkpointing });

    /// <summary>Takes down what is exchanged, and changes nothing.</summary>
    private sealed class RecordingRanks : ICollective
    {
        public BlockingCollection<(long Elements, int Thread)> Exchanged { get; } = [];

        public RankLostException? Failure { get; init; }

        public int Rank => 0;

        public int Count => 2;

        public (long Elements, int Thread) Next() =>
            Exchanged.TryTake(out var next, TimeSpan.FromSeconds(10)) ? next : throw new TimeoutException();

        public void ReduceScatter(Tensor flat)
        {
            Exchanged.Add((flat.numel(), Environment.CurrentManagedThreadId));
            if (Failure is not null)
            {
                throw Failure;
            }
        }

        public void AllGather(Tensor flat)
        {
            // Follows each reduce-scatter with the same tensor.
        }

        public double[][] Gather(double[] own) => [own, own];

        public void Dispose() => Exchanged.Dispose();
    }

    /// <summary>A rank that is gone after a few exchanges.</summary>
    private sealed class Leaving(ICollective ranks) : ICollective
    {
        private int _left = 5;

        public int Rank => ranks.Rank;

        public int Count => ranks.Count;

        public void ReduceScatter(Tensor flat)
        {
            if (_left-- == 0)
            {
                ranks.Dispose();
                throw new RankLostException(Rank, "it leaves");
            }

            ranks.ReduceScatter(flat);
        }

        public void AllGather(Tensor flat) => ranks.AllGather(flat);

        public double[][] Gather(double[] own) => ranks.Gather(own);

        public void Dispose() => ranks.Dispose();
    }
}
