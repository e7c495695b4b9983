using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>The parts of an optimiser's state, when ranks come, go and change places.</summary>
public sealed class ShardedStateTests
{
    [Theory]
    [InlineData(Sharding.Optimizer, true)]
    [InlineData(Sharding.Gradients, false)]
    [InlineData(Sharding.Parameters, false)]
    public void A_rank_holds_its_part_of_the_state_alone(Sharding sharding, bool hasGradients) => Assert.All(
        LoopbackRing.Run(3, rank =>
        {
            using var one = new Learner(rank, ScalarType.BFloat16, sharding);
            one.Train();
            Assert.Equal(sharding != Sharding.Parameters, one.Model.IsWhole);
            var weight = Numbers.Values(one.Model.Trained[DecoderLayout.FinalNorm])[0];
            Assert.Equal(sharding == Sharding.Parameters, float.IsNaN(weight));
            Assert.All(one.Model.Parameters.Groups, group => Assert.Equal(hasGradients, group.Gradients is not null));
            Assert.All(
                one.Model.Parameters.Specs,
                spec => Assert.Equal(hasGradients, one.Model.Parameters[spec.Name].grad is not null));
            return (Held: one.Optimizer.FlatState.Sum(flat => flat.numel()), All: one.Model.Parameters.Count);
        }),
        one => Assert.InRange(one.Held, one.All - 200, one.All + 200));

    [Theory]
    [InlineData(2, 3, ScalarType.Float32, Sharding.Optimizer)]
    [InlineData(3, 2, ScalarType.BFloat16, Sharding.Gradients)]
    [InlineData(1, 3, ScalarType.Float32, Sharding.Gradients)]
    [InlineData(2, 4, ScalarType.BFloat16, Sharding.Gradients)]
    [InlineData(2, 1, ScalarType.Float32, Sharding.Optimizer)]
    [InlineData(2, 3, ScalarType.Float32, Sharding.Parameters)]
    [InlineData(1, 3, ScalarType.BFloat16, Sharding.Parameters)]
    [InlineData(3, 2, ScalarType.Float32, Sharding.Parameters)]
    [InlineData(2, 1, ScalarType.BFloat16, Sharding.Parameters)]
    public void Other_ranks_go_on_as_the_first_ones_would_have_unless_a_part_is_lost(
        int before, int after, ScalarType dtype, Sharding sharding)
    {
        var learners = Trained(before, dtype, sharding);
        var expected = LoopbackRing.Run(before, rank => learners[rank.Rank].GoOn(rank));

        learners = Trained(before, dtype, sharding);
        var results = LoopbackRing.Run(after, rank =>
        {
            // A rank that comes new is the first one; of fewer ranks, the first ones are those that are lost.
            var place = rank.Rank - (after - before);
            var isNew = place < 0 || place >= learners.Length;
            var one = isNew ? new Learner(rank, dtype, sharding, seed: 9) : learners[place];
            one.Optimizer.Ranks = rank;
            var isWhole = one.State.TakeFrom(source: Math.Max(0, after - before), isCurrent: one.IsTrained);
            return isWhole ? one.GoOn(rank) : null;
        });

        if (after < before)
        {
            Assert.All(results, Assert.Null);
            return;
        }

        var tolerance = dtype == ScalarType.Float32 ? 1e-5 : 1e-2;
        Assert.All(results, one => Numbers.Close(expected[0], one!, tolerance, "weights"));
        Assert.All(results, one => Assert.Equal(results[0], one));
    }

    [Theory]
    [InlineData(Sharding.Optimizer)]
    [InlineData(Sharding.Parameters)]
    public void A_copy_of_a_part_leads_back_to_before_the_step(Sharding sharding)
    {
        var learners = Trained(3, ScalarType.Float32, sharding);
        var results = LoopbackRing.Run(3, rank =>
        {
            var one = learners[rank.Rank];
            one.Optimizer.Ranks = rank;
            one.State.Keep();
            var first = one.GoOn(rank);
            one.State.GoBack();
            Assert.True(one.State.TakeFrom(0, isCurrent: true));
            return (first, Again: one.GoOn(rank));
        });

        Assert.All(results, one => Assert.Equal(one.first, one.Again));
    }

    [Theory]
    [InlineData(ScalarType.Float32, Sharding.Gradients)]
    [InlineData(ScalarType.BFloat16, Sharding.Optimizer)]
    [InlineData(ScalarType.BFloat16, Sharding.Parameters)]
    public void A_part_that_is_lost_with_its_rank_comes_from_the_copy_of_its_neighbour(
        ScalarType dtype, Sharding sharding)
    {
        foreach (var lost in new[] { 0, 1, 2 })
        {
            var learners = Trained(3, dtype, sharding);
            var expected = LoopbackRing.Run(3, rank =>
            {
                var one = learners[rank.Rank];
                one.Optimizer.Ranks = rank;
                one.State.Keep();
                one.State.Replicate(version: 1);
                return one.GoOn(rank);
            });

            // One is lost in what follows, and the others go back to before it.
            Learner[] left = [.. learners.Where((_, i) => i != lost)];
            var results = LoopbackRing.Run(2, rank =>
            {
                var one = left[rank.Rank];
                one.Optimizer.Ranks = rank;
                one.State.GoBack();
                Assert.True(one.State.TakeFrom(source: 0, isCurrent: true, version: 1));
                return one.GoOn(rank);
            });
            var tolerance = dtype == ScalarType.Float32 ? 1e-5 : 1e-2;
            Assert.All(results, one => Numbers.Close(expected[0], one, tolerance, $"weights without rank {lost}"));
        }
    }

    [Theory]
    [InlineData(3, 1, ScalarType.BFloat16, Sharding.Optimizer)]
    [InlineData(1, 3, ScalarType.BFloat16, Sharding.Optimizer)]
    [InlineData(2, 3, ScalarType.Float32, Sharding.Optimizer)]
    [InlineData(3, 2, ScalarType.BFloat16, Sharding.Parameters)]
    [InlineData(2, 1, ScalarType.Float32, Sharding.Parameters)]
    public void A_checkpoint_by_all_ranks_is_read_by_any_other_number(
        int before, int after, ScalarType dtype, Sharding sharding)
    {
        using var folder = new TempFolder();
        var checkpoint = new TrainingCheckpoint(folder.At("step-1"));
        var learners = Trained(before, dtype, sharding);
        var expected = LoopbackRing.Run(before, rank =>
        {
            var one = learners[rank.Rank];
            one.Optimizer.Ranks = rank;
            checkpoint.Save(
                one.Model,
                Tokenizer.Load(Fixtures.Path("small-tokenizer")),
                new ModelCard("r1"),
                one.Optimizer,
                new TrainingState(1, 0));
            return one.GoOn(rank);
        });
        var results = LoopbackRing.Run(after, rank =>
        {
            using var model = Checkpoint.Load(checkpoint.Folder, CPU, dtype);
            using var one = new Learner(rank, model, sharding);
            Assert.Equal(1, checkpoint.Load(one.Optimizer).Step);
            return one.GoOn(rank);
        });

        var parts = Directory.GetFiles(Path.Combine(checkpoint.Folder, "training"), "optimizer*.safetensors");
        Assert.Equal(before, parts.Length);
        var tolerance = dtype == ScalarType.Float32 ? 1e-5 : 1e-2;
        Assert.All(results, one => Numbers.Close(expected[0], one, tolerance, "weights"));
        Assert.False(Directory.Exists(checkpoint.Folder + ".partial"));
    }

    [Fact]
    public void A_step_by_other_ranks_than_the_state_is_cut_for_is_refused()
    {
        using var one = Trained(2, ScalarType.Float32)[0];
        one.Optimizer.Ranks = OneRank.Alone;
        Assert.Throws<InvalidOperationException>(() => one.Optimizer.Step(1e-3));
    }

    private static Learner[] Trained(
        int ranks, ScalarType dtype, Sharding sharding = Sharding.Optimizer) => LoopbackRing.Run(ranks, rank =>
    {
        var one = new Learner(rank, dtype, sharding);
        one.Train();
        return one;
    });

    private sealed class Learner : IDisposable
    {
        internal Learner(ICollective rank, ScalarType dtype, Sharding sharding, ulong seed = 1)
            : this(rank, Some.Model(seed, dtype), sharding)
        {
        }

        internal Learner(ICollective rank, CausalLM model, Sharding sharding)
        {
            Model = model;
            Optimizer = new AdamW(
                Model.Parameters,
                new AdamWOptions { Sharding = sharding, BucketBytes = 4096 }) { Ranks = rank };
            State = new CommonState([Optimizer]);
        }

        internal CausalLM Model { get; }

        internal AdamW Optimizer { get; }

        internal CommonState State { get; }

        internal bool IsTrained => Optimizer.StepCount > 0;

        internal void Train(int seed = 1) =>
            new SftTrainer(Model, Optimizer, new LearningRateSchedule { BaseRate = 1e-2 }, new SftOptions())
                .Step(Some.Rows(4, seed));

        internal float[] GoOn(ICollective rank)
        {
            Optimizer.Ranks = rank;
            Train(seed: 2);
            return Numbers.Values(Model.Parameters);
        }

        public void Dispose()
        {
            State.Dispose();
            Optimizer.Dispose();
            Model.Dispose();
        }
    }
}
