using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Adapters;

public sealed class LoraAdapterTests
{
    private static readonly LoraConfig Config = new() { Rank = 2 };

    [Fact]
    public void A_fresh_adapter_changes_nothing_and_a_trained_one_only_itself()
    {
        using var scope = NewDisposeScope();
        using var bare = Some.Model();
        using var model = Some.Model();
        var before = Output(bare);
        LoraAdapter.Create(model, Config, 3);
        Assert.Equal(before, Output(model));
        Train(model);
        Assert.NotEqual(before, Output(model));
        Assert.All(bare.Parameters.Specs, spec =>
            Assert.Equal(Numbers.Values(bare.Parameters[spec.Name]), Numbers.Values(model.Parameters[spec.Name])));
    }

    [Fact]
    public void A_frozen_bfloat16_model_learns_through_a_float32_adapter()
    {
        using var model = Some.Model(1, ScalarType.BFloat16);
        var adapter = LoraAdapter.Create(model, Config, 3);
        Assert.Equal(ScalarType.Float32, adapter.Parameters.Dtype);
        Assert.Equal(ScalarType.BFloat16, model.Dtype);
        var losses = Train(model, steps: 20);
        Assert.True(losses[^1] < 0.8 * losses[0], $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void A_clone_has_the_adapter_in_its_weights()
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        var adapter = LoraAdapter.Create(model, Config with { Bias = LoraBias.All }, 3);
        Train(model);
        using var merged = model.Clone();
        Assert.Null(merged.Adapter);
        Numbers.Close(Output(model), Output(merged), 1e-4, "merged");
        adapter.MergeForGood();
        Assert.Null(model.Adapter);
        Assert.Equal(Output(merged), Output(model));
    }

    [Fact]
    public void What_is_left_out_follows_from_step_and_row_and_ends_with_the_pass()
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        var adapter = LoraAdapter.Create(model, Config with { Dropout = 0.5 }, 3);
        Train(model);
        var whole = Output(model);
        adapter.BeginDropout(1, [0]);
        var dropped = Output(model);
        Assert.NotEqual(whole, dropped);
        Assert.Equal(dropped, Output(model));
        adapter.BeginDropout(1, [4]);
        Assert.NotEqual(dropped, Output(model));
        adapter.EndDropout();
        Assert.Equal(whole, Output(model));
        Assert.Equal(1, adapter.Dropout.Apply(ones(200, 50), 0).mean().item<float>(), 1e-5);
        adapter.BeginDropout(2, [0]);
        Assert.Equal(1, adapter.Dropout.Apply(ones(200, 50), 0).mean().item<float>(), 0.05);
    }

    [Fact]
    public void A_row_loses_the_same_beside_others_and_behind_padding()
    {
        using var scope = NewDisposeScope();
        var dropout = new LoraDropout(0.5);
        dropout.Begin(3, [7]);
        var alone = Numbers.Values(dropout.Apply(ones(1, 4, 6), 2));
        dropout.Begin(3, [1, 7, 9]);
        var beside = dropout.Apply(ones(3, 9, 6), 2);
        Assert.Equal(alone, Numbers.Values(beside[1].narrow(0, 0, 4)));
        Assert.NotEqual(alone, Numbers.Values(beside[0].narrow(0, 0, 4)));
    }

    [Fact]
    public void Layers_run_again_in_the_backward_pass_leave_out_the_same()
    {
        double[] Run(bool checkpointing)
        {
            using var model = Some.Model();
            LoraAdapter.Create(model, Config with { Dropout = 0.3 }, 3);
            return Train(model, 5, checkpointing);
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void Layers_are_chosen_as_the_settings_say()
    {
        static IEnumerable<string> Chosen(LoraConfig config)
        {
            using var model = CausalLM.Create(
                Some.Config with
                {
                    TieWordEmbeddings = false,
                },
                CPU,
                ScalarType.Float32,
                1);
            return LoraAdapter.Create(model, config, 1).Scalings.Keys.ToList();
        }

        Assert.Equal(2 * 7, Chosen(Config).Count());
        Assert.Equal(
            ["model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj"],
            Chosen(Config with { Targets = new(["mlp.up_proj"]) }).Order());
        Assert.Equal(
            ["model.layers.1.mlp.up_proj"],
            Chosen(Config with { Targets = new(["up_proj"]), Excluded = new(["layers.0.mlp.up_proj"]) }));
        Assert.Equal(
            ["model.layers.1.self_attn.q_proj"],
            Chosen(Config with { Targets = new([], @".*1\.self_attn\.q_proj") }));
        Assert.Contains("lm_head", Chosen(Config with { Targets = new(["lm_head", "q_proj"]) }));
    }

    [Fact]
    public void A_layer_that_does_not_exist_is_named()
    {
        using var model = Some.Model();
        Assert.Contains(
            "[\"query\"] name no linear layer",
            Assert
                .Throws<UserErrorException>(() =>
                    LoraAdapter.Create(model, Config with { Targets = new(["query"]) }, 1))
                .Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "embed_tokens: not a linear layer",
            Assert
                .Throws<UserErrorException>(() =>
                    LoraAdapter.Create(model, Config with { ModulesToSave = ["embed_tokens"] }, 1))
                .Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_output_layer_cannot_be_merged_into_a_tied_embedding()
    {
        using var model = Some.Model();
        var adapter = LoraAdapter.Create(model, Config with { ModulesToSave = ["lm_head"] }, 1);
        Assert.Contains(
            "ties to its embedding",
            Assert.Throws<UserErrorException>(adapter.MergeForGood).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_does_not_fit_the_model_is_named_in_one_error()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using var model = Some.Model();
        var adapter = LoraAdapter.Create(model, Config, 1);
        adapter.Save(folder.Path);
        var (missing, wrong) = (adapter.Parameters.Specs[0].Name, adapter.Parameters.Specs[1].Name);
        var tensors = adapter
            .Parameters.Specs.Skip(1)
            .Select(spec => (spec.Name, spec.Name == wrong ? zeros(3, 3) : (Tensor)adapter.Parameters[spec.Name]))
            .Append(("base_model.model.extra", zeros(1)));
        SafetensorsWriter.Write(folder.At("adapter_model.safetensors"), [.. tensors]);
        using var other = Some.Model();
        var message = Assert.Throws<UserErrorException>(() => LoraAdapter.Load(other, folder.Path)).Message;
        Assert.Contains(missing + " is missing", message, StringComparison.Ordinal);
        Assert.Contains(wrong + " is [3, 3]", message, StringComparison.Ordinal);
        Assert.Contains("base_model.model.extra belongs to no adapted layer", message, StringComparison.Ordinal);
        Assert.Null(other.Adapter);
    }

    [Theory]
    [InlineData("""{"peft_type": "IA3"}""", "peft_type IA3")]
    [InlineData("""{"peft_type": "LORA", "r": 0, "target_modules": ["a"]}""", "r must be a whole number from 1")]
    [InlineData(
        """{"peft_type": "LORA", "r": 2, "use_dora": true, "layers_to_transform": [1], "target_modules": ["a"]}""",
        "use_dora true, layers_to_transform [1] are not computed")]
    [InlineData("""{"peft_type": "LORA", "r": 2, "target_modules": "("}""", "( is no regular expression")]
    [InlineData("""{"peft_type": "LORA", "r": 2, "target_modules": null}""", "target_modules must be")]
    [InlineData("{", "cannot be read")]
    public void What_is_not_computed_is_refused(string json, string message)
    {
        using var folder = new TempFolder();
        folder.Write("adapter_config.json", json);
        Assert.Contains(
            message,
            Assert.Throws<UserErrorException>(() => LoraConfig.Load(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    private static float[] Output(CausalLM model)
    {
        using var mode = no_grad();
        return Numbers.Values(model.Logits(model.Hidden(Numbers.Ids([Some.Tokens(6, 2)]))));
    }

    private static double[] Train(CausalLM model, int steps = 3, bool checkpointing = false)
    {
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-2 },
            new SftOptions { GradientCheckpointing = checkpointing });
        return [.. Enumerable.Range(0, steps).Select(_ => trainer.Step(Some.Rows(6)).Loss)];
    }
}
