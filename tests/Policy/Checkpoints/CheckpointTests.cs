using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(2000)]
    public void A_saved_model_comes_back_bit_for_bit_whole_or_in_shards(long maxShardBytes)
    {
        var folder = Some.Folder();
        using var model = CausalLM.Create(Some.Config with { TieWordEmbeddings = false }, CPU, ScalarType.Float32, 4);
        Checkpoint.Save(model, folder, maxShardBytes);
        Assert.Equal(maxShardBytes < 10_000, Directory.GetFiles(folder, "model-*.safetensors").Length > 1);
        using var back = Checkpoint.Load(folder, CPU, ScalarType.Float32);
        Assert.All(model.Parameters.Specs, spec =>
            Assert.Equal(Numbers.Values(model.Parameters[spec.Name]), Numbers.Values(back.Parameters[spec.Name])));
        Assert.Equal(model.Config, back.Config with { Source = null });
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Bfloat16_files_are_read_into_float32_models()
    {
        var folder = Some.Folder();
        using var model = Some.Model(4, ScalarType.BFloat16);
        Checkpoint.Save(model, folder);
        using var back = Checkpoint.Load(folder, CPU, ScalarType.Float32);
        Assert.Equal(
            "bfloat16",
            (string?)JObject.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))["torch_dtype"]);
        Assert.All(model.Parameters.Specs, spec =>
            Assert.Equal(Numbers.Values(model.Parameters[spec.Name]), Numbers.Values(back.Parameters[spec.Name])));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_named_in_one_error()
    {
        var folder = Some.Folder();
        using var model = Some.Model();
        Checkpoint.Save(model, folder);
        using (var scope = NewDisposeScope())
        {
            var tensors = model
                .Parameters.Specs.Where(spec => spec.Name != "model.norm.weight")
                .Select(spec =>
                    (
                        spec.Name,
                        spec.Name.Contains("1.mlp.up_proj", StringComparison.Ordinal)
                            ? zeros(3, 3)
                            : (Tensor)model.Parameters[spec.Name]))
                .Append(("model.extra.weight", zeros(2)))
                .ToList();
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        }

        var error = Assert.Throws<UserErrorException>(() => Checkpoint.Load(folder, CPU, ScalarType.Float32)).Message;
        Assert.Contains("model.norm.weight is missing", error, StringComparison.Ordinal);
        Assert.Contains(
            "model.layers.1.mlp.up_proj.weight is [3, 3], config.json asks for [24, 16]",
            error,
            StringComparison.Ordinal);
        Assert.Contains("model.extra.weight is not part", error, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void A_file_cut_off_is_said_to_be_so()
    {
        var folder = Some.Folder();
        using var model = Some.Model();
        Checkpoint.Save(model, folder);
        var path = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        Assert.Contains(
            "cut off",
            Assert.Throws<UserErrorException>(() => Checkpoint.Load(folder, CPU, ScalarType.Float32)).Message,
            StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Weights_that_are_not_there_are_told_from_those_in_another_form()
    {
        using var folder = new TempFolder();
        using var model = Some.Model();
        Checkpoint.Save(model, folder.Path);
        string Error() =>
            Assert.Throws<UserErrorException>(() => Checkpoint.Load(folder.Path, CPU, ScalarType.Float32)).Message;

        folder.Write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
        Assert.Contains("git lfs pull", Error(), StringComparison.Ordinal);
        File.Delete(folder.At("model.safetensors"));
        Assert.Contains("fetch the model's weights", Error(), StringComparison.Ordinal);
        folder.Write("pytorch_model.bin", "");
        Assert.Contains("only pickled weights (pytorch_model.bin)", Error(), StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_over_an_older_model_leaves_nothing_of_it_to_be_read()
    {
        using var folder = new TempFolder();
        foreach (var (seed, maxShardBytes) in new[] { (4UL, 2000L), (5UL, long.MaxValue), (6UL, 2000L) })
        {
            using var model = Some.Model(seed);
            Checkpoint.Save(model, folder.Path, maxShardBytes);
            using var back = Checkpoint.Load(folder.Path, CPU, ScalarType.Float32);
            Assert.All(model.Parameters.Specs, spec =>
                Assert.Equal(
                    Numbers.Values(model.Parameters[spec.Name]),
                    Numbers.Values(back.Parameters[spec.Name])));
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Training_resumed_from_disk_continues_bit_for_bit(ScalarType dtype)
    {
        var folder = Some.Folder();
        using var model = Some.Model(6, dtype);
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions { WeightDecay = 0.1 });
        Train(model, optimizer);
        Checkpoint.Save(model, folder);
        OptimizerState.Save(optimizer, folder);
        var expected = Train(model, optimizer);

        using var resumed = Checkpoint.Load(folder, CPU, dtype);
        using var restored = new AdamW(resumed.Parameters, new AdamWOptions { WeightDecay = 0.1 });
        OptimizerState.Load(restored, folder);
        Assert.Equal(expected, Train(resumed, restored));
        Assert.All(model.Parameters.Specs, spec =>
            Assert.Equal(Numbers.Values(model.Parameters[spec.Name]), Numbers.Values(resumed.Parameters[spec.Name])));
        Directory.Delete(folder, true);

        static double[] Train(CausalLM model, AdamW optimizer)
        {
            var trainer = new SftTrainer(
                model,
                optimizer,
                new LearningRateSchedule { BaseRate = 1e-2 },
                new SftOptions());
            return [.. Enumerable.Range(0, 3).Select(_ => trainer.Step(Some.Rows(6)).Loss)];
        }
    }
}
