using System.Buffers.Binary;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Tokenization.Chat;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Checkpoints;

/// <summary>
/// A whole checkpoint of a model that sees, with an adapter, in a few hundred KiB; parts can be broken.
/// </summary>
internal static class TinyCheckpoint
{
    /// <summary>The folder of the adapter, inside the model's.</summary>
    internal const string Adapter = "adapter";

    private static readonly ModelConfig _config = new()
    {
        VocabularySize = BpeTrainer.MinimumSize + BpeTrainer.VisionTokens.Count,
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = 8,
        MaxPositions = 64,
        Vision = new VisionConfig
        {
            Family = VisionFamily.Qwen25,
            Depth = 2,
            Width = 16,
            OutputWidth = 16,
            Heads = 2,
            IntermediateSize = 24,
            WindowSize = 112,
            FullAttentionBlocks = [1],
            TokensPerSecond = 2,
            RotarySections = [1, 1, 2],
            ImageTokenId = 259,
            VideoTokenId = 260,
        },
    };

    /// <summary>Writes a sound one.</summary>
    internal static void Write(string folder)
    {
        var trainer = new BpeTrainer();
        trainer.Add("a");
        trainer.Train(_config.VocabularySize, folder, BpeTrainer.VisionTokens);
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 1);
        Checkpoint.Save(model, folder);
        PreprocessorFiles.Write(folder, new PreprocessorConfig(), new PreprocessorConfig());
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"eos_token_id": 262}""");
        LoraAdapter.Create(model, new LoraConfig { Rank = 2 }, 1).Save(Path.Combine(folder, Adapter));
    }

    /// <summary>Reads all of it, and encodes a text.</summary>
    internal static void Load(string folder)
    {
        using var model = PolicyFolder.Load(folder, CPU, ScalarType.Float32);
        LoraAdapter.Load(model, Path.Combine(folder, Adapter)).MergeForGood();
        var tokenizer = Tokenizer.Load(folder, model.Config.VocabularySize);
        _ = ModelCard.Load(folder);
        model.Config.Vision!.RequirePatchesOf(PreprocessorFiles.ReadPictures(folder), folder);
        model.Config.Vision!.RequireVideosOf(PreprocessorFiles.ReadVideos(folder), folder);
        _ = ChatRenderer.Load(tokenizer.Config, TimeProvider.System);
        var ids = tokenizer.Encode("Die Prüfung ist 100 % größer: 😀");
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        model.Hidden(tensor(ids.Select(id => (long)id).ToArray()).view(1, -1));
    }

    /// <summary>
    /// Sets a value of a JSON file; keys on the way to it are joined by slashes, an empty path is the whole file.
    /// </summary>
    internal static void SetJson(string folder, string file, string keys, string value)
    {
        var path = Path.Combine(folder, file);
        if (keys.Length == 0)
        {
            File.WriteAllText(path, value);
            return;
        }

        var json = File.Exists(path) ? JObject.Parse(File.ReadAllText(path)) : [];
        JToken at = json;
        var names = keys.Split('/');
        foreach (var name in names[..^1])
        {
            at = int.TryParse(name, out var index) ? at[index]! : at[name] ??= new JObject();
        }

        var last = (JObject)at;
        last.Remove(names[^1]);
        if (value.Length > 0)
        {
            last[names[^1]] = JToken.Parse(value);
        }

        File.WriteAllText(path, json.ToString(Formatting.None));
    }

    /// <summary>Changes header and content of a safetensors file.</summary>
    internal static void Rewrite(string path, Func<JObject, byte[], byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var json = JObject.Parse(Encoding.UTF8.GetString(bytes, 8, length));
        var content = change(json, bytes[(8 + length)..]);
        var header = Encoding.UTF8.GetBytes(json.ToString(Formatting.None));
        var size = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)header.Length);
        File.WriteAllBytes(path, [.. size, .. header, .. content]);
    }
}
