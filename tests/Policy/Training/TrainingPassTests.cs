using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>The kernels of training against the tensor library's own gradients.</summary>
public sealed class TrainingPassTests
{
    private const long Chunk = 5 * 23;

    public static TheoryData<string> Kinds => ["plain", "biases", "norms", "window", "untied", "odd"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_the_tensor_library(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Of(kind), CPU, ScalarType.Float32, 3);
        model.Parameters.AllocateGradients();
        var rows = Some.Rows(6);
        var (expected, loss) = ByLibrary(model, rows);
        Assert.Contains(expected, value => value != 0);
        foreach (var chunk in (long[])[TokenLogProbs.ChunkElements, Chunk])
        {
            model.Parameters.ZeroGradients();
            var batch = TokenBatch.From(rows, CPU);
            var pass = new TrainingPass(model, batch, checkpointing: false);
            var own = TokenLogProbs.Backward(model, pass.HiddenNC, batch.TargetsN, Loss, chunk);
            pass.FinishBackward();
            Assert.Equal(loss, own.item<float>(), 1e-5);
            Numbers.Close(expected, Gradients(model), 2e-5, kind);
        }
    }

    [Fact]
    public void Log_probabilities_without_a_gradient_are_those_of_training_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Of("biases"), CPU, ScalarType.Float32, 3);
        var rows = Some.Rows(6);
        var batch = TokenBatch.From(rows, CPU);
        float[] trained = [];
        TokenLogProbs.Backward(
            model,
            new TrainingPass(model, batch, checkpointing: false).HiddenNC,
            batch.TargetsN,
            logProbsN =>
            {
                trained = Numbers.Values(logProbsN.detach());
                return logProbsN.sum();
            });
        Assert.Equal(trained, ResponseLogProbs.Compute(model, rows, 512).SelectMany(row => row));
    }

    [Fact]
    public void Weights_that_are_not_trained_get_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Of("biases"), CPU, ScalarType.Float32, 3);
        string[] frozen =
        [
            "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.bias",
            "model.layers.1.input_layernorm.weight", "model.layers.1.mlp.down_proj.weight",
        ];
        foreach (var name in frozen)
        {
            model.Parameters[name].requires_grad = false;
        }

        var batch = TokenBatch.From(Some.Rows(3), CPU);
        var pass = new TrainingPass(model, batch, checkpointing: false);
        TokenLogProbs.Backward(model, pass.HiddenNC, batch.TargetsN, Loss);
        pass.FinishBackward();
        Assert.Equal(
            frozen.Order(),
            model.Parameters.Specs.Where(spec => model.Parameters[spec.Name].grad is null).Select(spec => spec.Name)
                .Order());
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(200_000_000, false)]
    public void Passes_too_large_for_a_span_are_left_to_the_tensor_library(long tokens, bool fits) =>
        Assert.Equal(fits, CpuTrainedLayer.Fits(Some.Config, tokens));

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused()
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        foreach (var target in (long[])[-1, Some.Config.VocabularySize])
        {
            var failure = Assert.Throws<InvalidOperationException>(
                () => TokenLogProbs.Compute(model, ones(1, Some.Config.HiddenSize), tensor([target])));
            Assert.Equal($"target {target} is outside a vocabulary of {Some.Config.VocabularySize}", failure.Message);
        }
    }

    [Fact]
    public void A_reference_without_an_adapter_that_changes_nothing_has_the_bits_of_the_policy()
    {
        using var model = CausalLM.Create(Of("biases"), CPU, ScalarType.Float32, 3);
        LoraAdapter.Create(model, new LoraConfig { Rank = 2 }, 1);
        using var reference = model.WithoutAdapter();
        var rows = Some.Rows(6);
        Assert.Equal(
            ResponseLogProbs.Compute(model, rows, 512).SelectMany(row => row),
            ResponseLogProbs.Compute(reference, rows, 512).SelectMany(row => row));
    }

    private static ModelConfig Of(string kind) => kind switch
    {
        "biases" => Some.Config with { OutputBias = true },
        "norms" => Some.Config with { Family = ModelFamily.Qwen3, QueryBias = false },
        "window" => Some.Config with { Window = 3, WindowedLayers = [true, false] },
        "untied" => Some.Config with { TieWordEmbeddings = false },
        "odd" => Some.Config with { HiddenSize = 19, IntermediateSize = 37, HeadSize = 6 },
        _ => Some.Config,
    };

    private static (float[] Gradients, float Loss) ByLibrary(CausalLM model, List<TrainingRow> rows)
    {
        using var scope = NewDisposeScope();
        var batch = TokenBatch.From(rows, CPU);
        var loss = Loss(model.LogProbs(model.HiddenAt(batch.IdsBT, batch.PlacesN), batch.TargetsN));
        loss.backward();
        return (Gradients(model), loss.item<float>());
    }

    // Tokens count differently, so that a row in the wrong place is seen.
    private static Tensor Loss(Tensor logProbsN)
    {
        var weightsN = tensor([.. Enumerable.Range(0, (int)logProbsN.size(0)).Select(i => 1 + (0.1f * i))]);
        return logProbsN.mul(weightsN).mean().neg();
    }

    private static float[] Gradients(CausalLM model) =>
        [.. model.Parameters.Groups.SelectMany(group => Numbers.Values(group.Gradients!))];
}
