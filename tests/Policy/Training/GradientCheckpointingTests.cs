using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>Runs while nothing else does: it measures the memory of the process.</summary>
[Collection(nameof(GradientCheckpointingTests))]
[CollectionDefinition(nameof(GradientCheckpointingTests), DisableParallelization = true)]
public sealed class GradientCheckpointingTests
{
    [Fact]
    public void Gradients_are_the_same_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(
            Some.Config with { Layers = 3, TieWordEmbeddings = false }, CPU, ScalarType.Float32, 1);
        model.Parameters.AllocateGradients();
        var kept = Gradients(model, Some.Rows(6), checkpointing: false);
        Assert.Contains(kept, value => value != 0);
        Assert.Equal(kept, Gradients(model, Some.Rows(6), checkpointing: true));
    }

    [Fact]
    public void A_policy_update_is_the_same()
    {
        float[] After(bool checkpointing)
        {
            using var model = Some.Model();
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions { Epsilon = 1e-3 });
            var options = new PolicyLearnerOptions { TrainBatchSize = 4, GradientCheckpointing = checkpointing };
            new PolicyLearner(
                model,
                optimizer,
                new LearningRateSchedule { BaseRate = 1e-2 },
                new PolicyObjective(new StableReinforceLoss()),
                options).Update(Some.Experiences(model, 8));
            return Numbers.Values(model.Parameters["model.layers.0.self_attn.q_proj.weight"]);
        }

        Numbers.Close(After(false), After(true), 1e-6, "query weights");
    }

    /// <summary>24 layers: kept activations are some 24 times those of one layer.</summary>
    [PeakMemoryFact]
    public void Peak_memory_is_a_fraction()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(
            Some.Config with { HiddenSize = 64, IntermediateSize = 512, HeadSize = 16, Layers = 24 },
            CPU,
            ScalarType.Float32,
            1);
        model.Parameters.AllocateGradients();
        List<TrainingRow> rows = [.. Enumerable.Range(0, 4).Select(i =>
            TrainingRow.Reply(Some.Tokens(255, i), Some.Tokens(2, i + 9)))];
        Gradients(model, Some.Rows(2), checkpointing: true);
        var again = PeakMemory.Measure(() => Gradients(model, rows, checkpointing: true));
        var kept = PeakMemory.Measure(() => Gradients(model, rows, checkpointing: false));
        Assert.True(
            kept > 2 * again, $"peak above the start: {again >> 20} MiB with checkpointing, {kept >> 20} MiB without");
    }

    [Theory]
    [InlineData("qwen2_5_vl")]
    [InlineData("qwen3_vl")]
    public void Gradients_of_a_tower_and_its_decoder_are_the_same_to_the_bit(string family)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Seeing(depth: 3, width: 16, family), CPU, ScalarType.Float32, 1);
        model.Parameters.AllocateGradients();
        List<TrainingRow> rows = [.. Some.Rows(3), Shown(4, 6), Shown(2, 2)];
        var kept = Gradients(model, rows, checkpointing: false);
        Assert.Contains(Numbers.Values(model.Parameters["visual.patch_embed.proj.weight"].grad!), value => value != 0);
        Assert.Equal(kept, Gradients(model, rows, checkpointing: true));

        model.IsVisionFrozen = true;
        Assert.Equal(Gradients(model, rows, checkpointing: false), Gradients(model, rows, checkpointing: true));
        Assert.DoesNotContain(
            Numbers.Values(model.Parameters["visual.patch_embed.proj.weight"].grad!), value => value != 0);
    }

    /// <summary>An adapter on the tower alone, on the decoder alone, on both.</summary>
    [Theory]
    [InlineData("all-linear", "qwen2_5_vl")]
    [InlineData(".*visual.*", "qwen2_5_vl")]
    [InlineData(".*layers.*", "qwen2_5_vl")]
    [InlineData("all-linear", "qwen3_vl")]
    [InlineData(".*merger.*", "qwen3_vl")]
    public void Gradients_of_an_adapter_are_the_same_to_the_bit(string targets, string family)
    {
        float[] After(bool checkpointing)
        {
            using var scope = NewDisposeScope();
            using var model = CausalLM.Create(Seeing(depth: 2, width: 16, family), CPU, ScalarType.Float32, 1);
            var adapter = LoraAdapter.Create(
                model,
                new LoraConfig { Rank = 2, Targets = ModuleSelection.Parse(targets, "targets"), Dropout = 0.2 },
                3);
            using var optimizer = new AdamW(model.Trained, new AdamWOptions());
            var trainer = new SftTrainer(
                model,
                optimizer,
                new LearningRateSchedule { BaseRate = 1e-2 },
                new SftOptions { GradientCheckpointing = checkpointing });
            List<TrainingRow> rows = [.. Some.Rows(2), Shown(4, 6)];
            trainer.Step(rows);
            trainer.Step(rows);
            return [.. adapter.Parameters.Specs.SelectMany(spec => Numbers.Values(adapter.Parameters[spec.Name]))];
        }

        Assert.Equal(After(false), After(true));
    }

    [PeakMemoryFact]
    public void Peak_memory_of_a_tower_is_a_fraction()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Seeing(depth: 24, width: 32), CPU, ScalarType.Float32, 1);
        model.Parameters.AllocateGradients();
        List<TrainingRow> rows = [.. Enumerable.Range(0, 4).Select(_ => Shown(32, 32))];
        Gradients(model, [Shown(2, 2)], checkpointing: true);
        var again = PeakMemory.Measure(() => Gradients(model, rows, checkpointing: true));
        var kept = PeakMemory.Measure(() => Gradients(model, rows, checkpointing: false));
        Assert.True(
            kept > 2 * again, $"peak above the start: {again >> 20} MiB with checkpointing, {kept >> 20} MiB without");
    }

    private static ModelConfig Seeing(int depth, int width, string family = "qwen2_5_vl") =>
        SeeingModels.Of(VisionFamily.All.Single(one => one.ModelType == family), depth, width);

    /// <summary>A row with a picture of so many patches.</summary>
    private static TrainingRow Shown(int rows, int columns)
    {
        var grid = new PatchGrid(1, rows, columns);
        var values = Enumerable.Range(0, grid.Patches * Seeing(1, 16).Vision!.PatchValues)
            .Select(i => MathF.Sin(i * 0.37f)).ToArray();
        int[] prompt = [3, .. Enumerable.Repeat(Some.Config.VocabularySize, grid.Tokens(2)), 5];
        return TrainingRow.Reply(prompt, [7, 8], [new MediaPatches(MediaKind.Image, values, grid)]);
    }

    private static float[] Gradients(CausalLM model, List<TrainingRow> rows, bool checkpointing)
    {
        using var scope = NewDisposeScope();
        model.Parameters.ZeroGradients();
        var batch = TokenBatch.From(rows, CPU);
        var pass = new TrainingPass(model, batch, checkpointing);
        TokenLogProbs.Backward(model, pass.HiddenNC, batch.TargetsN, logProbs => logProbs.mean().neg());
        pass.FinishBackward();
        return [.. model.Parameters.Groups.SelectMany(group => Numbers.Values(group.Gradients!))];
    }
}
