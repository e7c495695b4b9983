using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tests.Heads;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>Models of which each rank reads its part from the files, and never more.</summary>
public sealed class PartLoadingTests
{
    [Theory]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(3, ScalarType.Float32)]
    [InlineData(3, ScalarType.BFloat16)]
    public void Training_goes_as_if_every_rank_had_read_all(int ranks, ScalarType dtype)
    {
        using var folder = new TempFolder();
        using var saved = Some.Model(seed: 2, dtype: dtype);
        Checkpoint.Save(saved, folder.Path);
        float[] Weights(bool inParts) => LoopbackRing.Run(ranks, rank =>
        {
            using var model = inParts
                ? Checkpoint.Open(folder.Path, CPU, dtype)
                : Checkpoint.Load(folder.Path, CPU, dtype);
            Assert.Equal(inParts, !model.IsWhole);
            using var optimizer = new AdamW(
                model.Trained, new AdamWOptions { Sharding = Sharding.Parameters }) { Ranks = rank };
            if (inParts)
            {
                optimizer.TakeWeights(() => Checkpoint.LoadInto(model, folder.Path));
            }

            var options = new SftOptions { MicroBatchTokens = 24 };
            new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 1e-2 }, options)
                .Step(Some.Rows(5));
            return Numbers.Values(model.Parameters);
        })[0];
        Assert.Equal(Weights(false), Weights(true));
    }

    /// <summary>Heads that are in the folder, or are fresh: each rank has them whole.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_decoder_of_a_scalar_model_comes_in_parts_and_its_heads_whole(bool areFresh)
    {
        using var folder = new TempFolder();
        using var saved = ScalarModelTests.Model(new ScalarConfig { Heads = ["preference", "safety"] });
        ScalarFolder.Save(saved, folder.Path);
        if (areFresh)
        {
            using var policy = Some.Model(seed: 2);
            Checkpoint.Save(policy, folder.Path);
        }

        ScalarModel Load(bool inParts) => areFresh
            ? ScalarFolder.Start(folder.Path, saved.Config, CPU, ScalarType.Float32, seed: 3, inParts)
            : ScalarFolder.Load(folder.Path, CPU, ScalarType.Float32, inParts);
        using var whole = Load(inParts: false);
        var read = LoopbackRing.Run(3, rank =>
        {
            using var model = Load(inParts: true);
            var heads = Numbers.Values(model.Heads.Parameters);
            Assert.False(model.Backbone.IsWhole);
            using var optimizer = new AdamW(
                model.Trained, new AdamWOptions { Sharding = Sharding.Parameters }) { Ranks = rank };
            optimizer.TakeWeights(() => ScalarFolder.LoadInto(model, folder.Path));
            Assert.False(model.Backbone.IsWhole);
            return (Heads: heads, Decoder: Numbers.Values(model.Backbone.Parameters));
        });
        Assert.All(read, one => Assert.Equal(Numbers.Values(whole.Heads.Parameters), one.Heads));
        Assert.All(read, one => Assert.Equal(Numbers.Values(whole.Backbone.Parameters), one.Decoder));
    }

    [Fact]
    public void The_weights_of_a_folder_are_read_one_at_a_time()
    {
        using var folder = new TempFolder();
        using var saved = Some.Model(seed: 2);
        Checkpoint.Save(saved, folder.Path);
        using var model = Checkpoint.Open(folder.Path, CPU, ScalarType.Float32);
        var read = Checkpoint.Weights(model, folder.Path).Select(Numbers.Values).ToList();
        Assert.Equal(saved.Parameters.Specs.Select(spec => Numbers.Values(saved.Parameters[spec.Name])), read);
    }

    [PeakMemoryFact]
    public void A_rank_has_memory_for_its_part_and_no_more_while_it_reads()
    {
        using var folder = new TempFolder();
        var large = Some.Config with { HiddenSize = 512, IntermediateSize = 2048, Layers = 6 };
        using (var saved = CausalLM.Create(large, CPU, ScalarType.Float32, 1))
        {
            Checkpoint.Save(saved, folder.Path);
        }

        var whole = 4 * new MemoryEstimate(large).Parameters;
        long Peak(Func<CausalLM> load) => PeakMemory.Measure(() =>
        {
            using var ranks = new SilentRanks(4);
            using var model = load();
            using var parts = new FrozenParts(model, () => Checkpoint.LoadInto(model, folder.Path));
            parts.ShareOut(ranks);
        });
        var inParts = Peak(() => Checkpoint.Open(folder.Path, CPU, ScalarType.Float32));

        // A quarter is its part; some of that may lie in memory that was resident before, and free.
        Assert.InRange(inParts, whole / 6, whole * 6 / 10);
    }
}
