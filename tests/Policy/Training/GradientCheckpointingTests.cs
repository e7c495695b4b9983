using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
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
        using var model = CausalLM.Create(Some.Config with { Layers = 3, TieWordEmbeddings = false }, CPU, ScalarType.Float32, 1);
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
            new PolicyLearner(model, model, optimizer, new LearningRateSchedule { BaseRate = 1e-2 }, new PolicyObjective(new StableReinforceLoss()), options).Update(Some.Experiences(model, 8));
            return Numbers.Values(model.Parameters["model.layers.0.self_attn.q_proj.weight"]);
        }

        Numbers.Close(After(false), After(true), 1e-6, "query weights");
    }

    /// <summary>24 layers: kept activations are some 24 times those of one layer.</summary>
    [PeakMemoryFact]
    public void Peak_memory_is_a_fraction()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Some.Config with { HiddenSize = 64, IntermediateSize = 512, HeadSize = 16, Layers = 24 }, CPU, ScalarType.Float32, 1);
        model.Parameters.AllocateGradients();
        List<TrainingRow> rows = [.. Enumerable.Range(0, 4).Select(i => TrainingRow.Reply(Some.Tokens(255, i), Some.Tokens(2, i + 9)))];
        Gradients(model, Some.Rows(2), checkpointing: true);
        var again = PeakMemory.Of(() => Gradients(model, rows, checkpointing: true));
        var kept = PeakMemory.Of(() => Gradients(model, rows, checkpointing: false));
        Assert.True(kept > 3 * again, $"peak above the start: {again >> 20} MiB with checkpointing, {kept >> 20} MiB without");
    }

    private static float[] Gradients(CausalLM model, List<TrainingRow> rows, bool checkpointing)
    {
        using var scope = NewDisposeScope();
        model.Parameters.ZeroGradients();
        var batch = TokenBatch.Of(rows, CPU);
        var pass = new TrainingPass(model, batch, checkpointing);
        TokenLogProbs.Backward(model, pass.HiddenNC, batch.TargetsN, logProbs => logProbs.mean().neg());
        pass.FinishBackward();
        return [.. model.Parameters.Groups.SelectMany(group => Numbers.Values(group.Gradients!))];
    }
}
