using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Safetensors;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

public sealed class ModelCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspection_tells_what_is_there_and_what_it_takes()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        var shown = await Invocation.RunAsync("model", "inspect", folder, "--json");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        var found = JObject.Parse(shown.Output);
        using var model = Checkpoint.Load(folder, CPU, ScalarType.Float32);
        Assert.Equal(
            ("Qwen2ForCausalLM", model.Parameters.Count), ((string)found["architecture"]!, (long)found["parameters"]!));
        Assert.Equal(["float32"], found["dtypes"]!.Values<string>());
        Assert.Equal(
            new FileInfo(Path.Combine(folder, "model.safetensors")).Length, (long)found["shards"]!.Single()["bytes"]!);
        Assert.Equal(model.Config.VocabularySize, (int)found["vocabulary"]!["tokenizer"]!);
        Assert.Equal("nothing", (string)found["generation-defaults"]!);
        Assert.Equal(16 * model.Parameters.Count, (long)found["memory"]!["float32"]!["training"]!);
        Assert.Equal(20 * model.Parameters.Count, (long)found["memory"]!["bfloat16"]!["training"]!);
        Assert.Equal(
            new MemoryEstimate(model.Config).Activations(ScalarType.BFloat16, 1, 4096, true, true),
            (long)found["memory"]!["bfloat16"]!["activations-checkpointed"]!);
        Assert.Contains("Qwen2ForCausalLM", (await Invocation.RunAsync("model", "inspect", folder)).Output);
    }

    [Fact]
    public async Task Inspection_tells_the_memory_of_each_of_several_ranks()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        var shown = await Invocation.RunAsync("model", "inspect", folder, "--ranks", "4", "--json");
        var found = JObject.Parse(shown.Output);
        var (memory, parameters) = ((JObject)found["memory"]!["float32"]!, (long)found["parameters"]!);
        Assert.Equal(16 * parameters, (long)memory["sharded"]!["none"]!["training"]!);
        Assert.Equal(10 * parameters, (long)memory["sharded"]!["optimizer"]!["training"]!);
        Assert.Equal(2 * parameters, (long)memory["sharded"]!["gradients"]!["moments"]!);
        Assert.Contains(
            "memory of each rank", (await Invocation.RunAsync("model", "inspect", folder, "--ranks", "4")).Output);
        Assert.Equal(2, (await Invocation.RunAsync("model", "inspect", folder, "--ranks", "0")).ExitCode);
    }

    [Fact]
    public async Task Heads_of_a_scalar_model_are_told_and_counted()
    {
        var folder = TinyScalarModel.Write(_folder.At("scores"), "preference", "safety");
        var shown = await Invocation.RunAsync("model", "inspect", folder, "--json");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        var found = JObject.Parse(shown.Output);
        using var model = ScalarFolder.Load(folder, CPU, ScalarType.Float32);
        var heads = found["scalar"]!;
        Assert.Equal(["preference", "safety"], heads["heads"]!.Values<string>());
        Assert.Equal(("normed", "attention", 1), (
            (string)heads["head"]!, (string)heads["pooling"]!, (int)heads["states-after-block"]!));
        Assert.Equal(model.Heads.Parameters.Count, (long)heads["parameters"]!);
        Assert.Equal(
            model.Backbone.Parameters.Count + model.Heads.Parameters.Count, (long)found["parameters"]!);
        var table = (await Invocation.RunAsync("model", "inspect", folder)).Output;
        Assert.Contains("preference, safety: normed heads", table.ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("normed", "linear", "preference_head.0.weight is not part")]
    [InlineData("[\n      \"preference\"", "[\n      \"other\"", "other_head.0.weight is missing")]
    [InlineData("\"pooling\": \"attention\"", "\"pooling\": \"maximum\"", "maximum")]
    public async Task Heads_that_would_not_load_are_not_called_sound(string sound, string broken, string named)
    {
        var folder = TinyScalarModel.Write(_folder.At("scores"), "preference");
        var path = Path.Combine(folder, "config.json");
        var content = File.ReadAllText(path);
        Assert.Contains(sound, content, StringComparison.Ordinal);
        File.WriteAllText(path, content.Replace(sound, broken, StringComparison.Ordinal));
        var shown = await Invocation.RunAsync("model", "inspect", folder);
        Assert.Contains(named, shown.Mistake(), StringComparison.Ordinal);
        Assert.Throws<R1Reward.Data.UserErrorException>(() => ScalarFolder.Load(folder, CPU, ScalarType.Float32));
    }

    [Theory]
    [InlineData("config.json", "\"hidden_size\"", "\"hidden_sizes\"", "hidden_size")]
    [InlineData("tokenizer_config.json", "\"chat_template\": \"", "\"chat_template\": 5, \"x\": \"", "chat_template")]
    [InlineData("tokenizer.json", "\"id\": 256", "\"id\": 5000", "rows")]
    public async Task What_would_not_load_is_not_called_sound(string file, string sound, string broken, string named)
    {
        var folder = TinyModel.Write(_folder.At("model"));
        var path = Path.Combine(folder, file);
        var content = File.ReadAllText(path);
        Assert.Contains(sound, content, StringComparison.Ordinal);
        File.WriteAllText(path, content.Replace(sound, broken, StringComparison.Ordinal));
        var shown = await Invocation.RunAsync("model", "inspect", folder);
        Assert.Equal(2, shown.ExitCode);
        Assert.Contains(named, shown.Mistake(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"(\w+\s?)+$|.")]
    [InlineData(@"(q+q+)+y|.")]
    public async Task A_split_pattern_that_never_ends_is_not_called_sound_and_does_not_load(string pattern)
    {
        var folder = TinyModel.Write(_folder.At("model"));
        var path = Path.Combine(folder, "tokenizer.json");
        var tokenizer = JObject.Parse(File.ReadAllText(path));
        tokenizer["pre_tokenizer"] = new JObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JArray(
                new JObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JObject { ["Regex"] = pattern },
                    ["behavior"] = "Isolated",
                },
                new JObject { ["type"] = "ByteLevel", ["use_regex"] = false }),
        };
        File.WriteAllText(path, tokenizer.ToString());

        var shown = await Invocation.RunAsync("model", "inspect", folder);

        Assert.Equal(2, shown.ExitCode);
        Assert.Contains($"the split pattern {pattern} takes more than 2 s", shown.Mistake(), StringComparison.Ordinal);
        Assert.Contains("takes more than 2 s", Assert.Throws<UserErrorException>(() => Tokenizer.Load(folder)).Message);
    }

    [Theory]
    [InlineData("adapter_config.json", "\"r\": 3", "\"r\": 2", "does not fit")]
    [InlineData("adapter_config.json", "all-linear", "no-such-layer", "name no linear layer")]
    public async Task An_adapter_that_does_not_fit_its_model_is_not_called_sound(
        string file, string sound, string broken, string named)
    {
        var (folder, adapter) = (TinyModel.Write(_folder.At("model")), _folder.At("adapter"));
        using (var model = Checkpoint.Load(folder, CPU, ScalarType.Float32))
        {
            LoraAdapter.Create(model, new LoraConfig { Rank = 3, BaseModel = folder }, 1).Save(adapter);
        }

        var path = Path.Combine(adapter, file);
        File.WriteAllText(path, File.ReadAllText(path).Replace(sound, broken, StringComparison.Ordinal));
        var shown = await Invocation.RunAsync("model", "inspect", adapter);
        Assert.Equal(2, shown.ExitCode);
        Assert.Contains(named, shown.Mistake(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_card_with_an_unknown_template_is_not_called_sound()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        File.WriteAllText(Path.Combine(folder, "r1reward.json"), """{"template": "no-such-template"}""");
        var shown = await Invocation.RunAsync("model", "inspect", folder);
        Assert.Equal(2, shown.ExitCode);
        Assert.Contains("no-such-template", shown.Mistake(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_among_the_files_that_a_model_is_saved_with_is_not_called_sound()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        File.CreateSymbolicLink(Path.Combine(folder, "processor_config.json"), "/dev/zero");
        var shown = await Invocation.RunAsync("model", "inspect", folder);
        Assert.Contains("processor_config.json: a pipe, a socket or a device", shown.Mistake());
    }

    [Fact]
    public async Task A_folder_without_weights_is_not_whole()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        File.Delete(Path.Combine(folder, "model.safetensors"));
        var shown = await Invocation.RunAsync("model", "inspect", folder);
        Assert.Contains("fetch the model's weights", shown.Mistake(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_model_that_sees_it_tells_what_a_picture_may_take()
    {
        var folder = TinyModel.Write(_folder.At("model"), sees: true);
        var found = JObject.Parse((await Invocation.RunAsync("model", "inspect", folder, "--json")).Output);
        Assert.Equal((1, 16), ((int)found["tower"]!["layers"]!, (int)found["tower"]!["width"]!));
        Assert.Equal(
            (784, 1280), ((int)found["pictures"]!["pixels-per-token"]!, (int)found["pictures"]!["most-tokens"]!));
        Assert.Contains("1,280 tokens", (await Invocation.RunAsync("model", "inspect", folder)).Output);
    }

    [Fact]
    public async Task An_adapter_is_shown_with_its_model_and_merges_into_it()
    {
        var (folder, adapter, merged) = (
            TinyModel.Write(_folder.At("model")), _folder.At("adapter"), _folder.At("merged"));
        long count;
        using (var model = Checkpoint.Load(folder, CPU, ScalarType.Float32))
        {
            var fresh = LoraAdapter.Create(model, new LoraConfig { Rank = 3, BaseModel = folder }, 1);
            foreach (var group in fresh.Parameters.Groups)
            {
                group.Values.fill_(0.5);
            }

            fresh.Save(adapter);
            count = fresh.Parameters.Count;
        }

        var found = JObject.Parse(
            (await Invocation.RunAsync("model", "inspect", adapter, "--json")).Output)["adapter"]!;
        Assert.Equal(
            (3, count, "all-linear"),
            ((int)found["rank"]!, (long)found["parameters"]!, (string)found["target-modules"]!));
        Assert.Equal(
            0, (await Invocation.RunAsync("model", "merge", folder, "--adapter", adapter, "--out", merged)).ExitCode);
        using var whole = Checkpoint.Load(merged, CPU, ScalarType.Float32);
        using var expected = PolicyFolder.Load(adapter, CPU, ScalarType.Float32);
        Assert.All(
            whole.Parameters.Specs,
            spec => Assert.True(whole.Parameters[spec.Name].allclose(expected.Parameters[spec.Name], 0, 0), spec.Name));
        Assert.Contains(
            "exists already",
            (await Invocation.RunAsync("model", "merge", folder, "--adapter", adapter, "--out", merged)).Mistake());
    }

    [Fact]
    public async Task A_folder_that_is_not_whole_is_told_in_one_line()
    {
        Assert.Contains(
            "config.json is missing", (await Invocation.RunAsync("model", "inspect", _folder.Path)).Mistake());
        var folder = TinyModel.Write(_folder.At("model"));
        using (var scope = NewDisposeScope())
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [("model.norm.weight", zeros(3))]);
        }

        var line = (await Invocation.RunAsync("model", "inspect", folder)).Mistake();
        Assert.Contains("model.embed_tokens.weight is missing", line);
        Assert.Contains("model.norm.weight is [3], config.json asks for [16]", line);
    }
}
