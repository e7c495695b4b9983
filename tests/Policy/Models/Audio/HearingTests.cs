using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;
using R1Reward.Policy.Tests.Models.Vision;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static R1Reward.Policy.Tests.Models.Audio.HearingModels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models.Audio;

public sealed class HearingTests
{
    private static readonly string[] _ears = ["audio_tower.", "multi_modal_projector."];

    public static TheoryData<string> Families => [.. All.Select(config => config.Audio!.Family.ModelType)];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_sound_heard_in_several_rows_is_heard_as_if_each_had_its_own(string family)
    {
        using var scope = NewDisposeScope();
        using var model = Create(family);
        var (shared, copy) = (Noise(13, 1), Noise(13, 1));
        var ids = Ids([5, Sound, Sound, Sound, 7], [6, Sound, Sound, Sound, 8]);

        var apart = Values(model.Hidden(ids, null, new MediaInputs([[shared], [copy]])));
        var once = Values(model.Hidden(ids, null, new MediaInputs([[shared], [shared]])));

        Assert.All(apart.Zip(once), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Sounds_of_different_lengths_do_not_hear_each_other(string family)
    {
        using var scope = NewDisposeScope();
        using var model = Create(family);
        var ids = Ids([5, Sound, Sound, 6, Sound, Sound, Sound, Sound, Sound]);
        var alone = Values(model.Hidden(ids.narrow(1, 0, 3), null, new MediaInputs([[Noise(8, 1)]])));
        var both = Values(model.Hidden(ids, null, new MediaInputs([[Noise(8, 1), Noise(21, 2)]])));

        Assert.All(alone.Zip(both), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    /// <summary>
    /// Rows of text alone, with sounds and, where the model sees, with a picture: cut into single rows they teach what
    /// they teach together, and the table of positions stays as it is.
    /// </summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Rows_of_any_micro_batches_add_up_to_the_same_update(string family)
    {
        using var start = Create(family);
        List<TrainingRow> rows =
        [
            TrainingRow.Reply([5, 6, 7], [8, 9]),
            TrainingRow.Reply([5, Sound, Sound, 6], [7, 8, 9], [Noise(9, 1)]),
            TrainingRow.Reply([Sound, 6, Sound, Sound, Sound, 7], [5, 8], [Noise(5, 2), Noise(14, 3)]),
            .. start.Config.Vision is null
                ? (TrainingRow[])[]
                : [TrainingRow.Reply([Image, Sound, 4], [6, 5], [MediaInputsTests.Picture(2, 2, 1), Noise(7, 4)])],
        ];
        Dictionary<string, float[]> After(int microBatchTokens, bool checkpointing)
        {
            using var model = Create(family);
            var settings = new AdamWOptions { Epsilon = 1e-2, WeightDecay = 0.1 };
            using var optimizer = new AdamW(model.Parameters, settings);
            var options = new SftOptions { MicroBatchTokens = microBatchTokens, GradientCheckpointing = checkpointing };
            new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 0.1 }, options).Step(rows);
            return Weights(model);
        }

        var (before, together) = (Weights(start), After(1000, checkpointing: false));
        foreach (var name in before.Keys.Where(name => _ears.Any(name.StartsWith) && !name.Contains("bos_eos")))
        {
            var isFixed = name == AudioLayout.Positions;
            Assert.True(isFixed == before[name].SequenceEqual(together[name]), name);
        }

        foreach (var (tokens, checkpointing) in new[] { (1, false), (1000, true), (1, true) })
        {
            var apart = After(tokens, checkpointing);
            foreach (var (name, values) in together)
            {
                var what = $"{name} in pieces of {tokens}, checkpointing {checkpointing}";
                Numbers.Close(values, apart[name], 1e-4, what);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_fresh_model_is_saved_as_published_ones_are_and_read_again(string family)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using var model = Create(family);
        Checkpoint.Save(model, folder.Path);
        using var read = Checkpoint.Load(folder.Path, CPU, ScalarType.Float32);

        var ids = Ids([5, Sound, Sound, 6]);
        var inputs = new MediaInputs([[Noise(8, 1)]]);
        Assert.Equal(Values(model.Hidden(ids, null, inputs)), Values(read.Hidden(ids, null, inputs)));
        Assert.Equal(model.Config.Audio, read.Config.Audio);
        var names = SafetensorsFile.Open(folder.At("model.safetensors")).Entries.Select(entry => entry.Name).ToList();
        var isFlat = model.Config.Audio!.Family.IsFlat;
        Assert.Contains(isFlat ? "model.norm.weight" : "language_model.model.norm.weight", names);
        Assert.Contains(isFlat ? "lm_head.weight" : "language_model.lm_head.weight", names);
        Assert.Empty(read.Config.UnknownKeys);
    }

    [Fact]
    public void Of_a_full_omni_model_the_thinker_is_read_and_saved_alone()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using var model = Create(Omni.Audio!.Family.ModelType);
        Checkpoint.Save(model, folder.At("thinker"));
        var config = JObject.Parse(File.ReadAllText(folder.At("thinker", "config.json")));
        Directory.CreateDirectory(folder.At("full"));
        File.WriteAllText(
            folder.At("full", "config.json"),
            new JObject
            {
                ["model_type"] = "qwen2_5_omni",
                ["architectures"] = new JArray("Qwen2_5OmniModel"),
                ["thinker_config"] = config,
                ["talker_config"] = new JObject { ["hidden_size"] = 4 },
            }.ToString());
        (string, Tensor)[] weights =
        [
            .. model.Parameters.Specs.Select(spec => ("thinker." + spec.Name, (Tensor)model.Parameters[spec.Name])),
            ("talker.model.norm.weight", ones(4)),
            ("token2wav.code2wav_bigvgan_model.conv_pre.bias", ones(4)),
        ];
        SafetensorsWriter.Write(folder.At("full", "model.safetensors"), weights);

        using var read = Checkpoint.Load(folder.At("full"), CPU, ScalarType.Float32);
        Assert.Equal(Weights(model), Weights(read));
        Checkpoint.Save(read, folder.At("again"));
        Assert.Equal(
            File.ReadAllBytes(folder.At("thinker", "model.safetensors")),
            File.ReadAllBytes(folder.At("again", "model.safetensors")));
        Assert.True(JToken.DeepEquals(config, JObject.Parse(File.ReadAllText(folder.At("again", "config.json")))));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_adapter_reaches_the_ears_under_the_names_of_published_adapters(string family)
    {
        using var scope = NewDisposeScope();
        using var model = Create(family);
        using var adapter = LoraAdapter.Create(model, new LoraConfig { Rank = 2 }, 7);
        var inside = model.Config.Audio!.Family.IsFlat ? "" : "model.";
        var decoder = inside.Length > 0 ? "model.language_model." : "model.";
        var names = adapter.Parameters.Specs.Select(spec => spec.Name).ToList();

        Assert.Contains($"base_model.model.{inside}audio_tower.layers.1.self_attn.q_proj.lora_A.weight", names);
        Assert.Contains($"base_model.model.{decoder}layers.0.mlp.up_proj.lora_B.weight", names);
    }

    [Fact]
    public void Files_that_the_tower_does_not_compute_are_refused_with_the_key()
    {
        using var folder = new TempFolder();
        using var model = Create(WholeSounds.Audio!.Family.ModelType);
        Checkpoint.Save(model, folder.Path);
        var json = JObject.Parse(File.ReadAllText(folder.At("config.json")));
        foreach (var (key, value, message) in new (string, JToken, string)[]
        {
            ("activation_function", "relu", "audio_config.activation_function relu is not computed; gelu is"),
            ("scale_embedding", true, "audio_config.scale_embedding true is not computed; false is"),
            ("encoder_attention_heads", 3, "audio width 16 does not divide into 3 heads, or is odd"),
        })
        {
            var changed = (JObject)json.DeepClone();
            changed["audio_config"]![key] = value;
            File.WriteAllText(folder.At("config.json"), changed.ToString());
            var refused = Assert.Throws<UserErrorException>(() => ModelConfig.Load(folder.Path));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        }
    }

    private static CausalLM Create(string family) => CausalLM.Create(
        All.Single(config => config.Audio!.Family.ModelType == family), CPU, ScalarType.Float32, 3);

    private static Dictionary<string, float[]> Weights(CausalLM model) =>
        model.Parameters.Specs.ToDictionary(spec => spec.Name, spec => Values(model.Parameters[spec.Name]));

    private static Tensor Ids(params long[][] ids) =>
        tensor(ids.SelectMany(row => row).ToArray(), dtype: ScalarType.Int64, device: CPU).view(ids.Length, -1);

    private static float[] Values(Tensor tensor) =>
        MemoryMarshal.Cast<byte, float>(tensor.detach().contiguous().bytes).ToArray();
}
