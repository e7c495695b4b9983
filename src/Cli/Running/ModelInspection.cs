using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Cli.Running;

/// <summary>What a model folder says of itself; nothing is loaded but headers.</summary>
internal static class ModelInspection
{
    /// <summary>Everything found, sizes in bytes. What a folder does not say is absent.</summary>
    /// <exception cref="UserErrorException">The folder is no model, or its weights do not fit.</exception>
    public static JObject Of(string folder)
    {
        var adapter = LoraConfig.IsIn(folder) ? LoraConfig.Load(folder) : null;
        var directory = adapter is null ? folder : PolicyFolder.BaseOf(folder);
        var config = ModelConfig.Load(directory);
        var files = HasWeights(directory) ? CheckpointFiles.Open(directory) : null;
        files?.Check(config);
        var estimate = new MemoryEstimate(config);
        var found = new JObject
        {
            ["folder"] = Path.GetFullPath(directory),
            ["architecture"] = config.Source?["architectures"]?[0],
            ["model-type"] = config.Source?["model_type"],
            ["parameters"] = estimate.Parameters,
            ["layers"] = config.Layers,
            ["hidden-size"] = config.HiddenSize,
            ["heads"] = config.Heads,
            ["key-value-heads"] = config.KeyValueHeads,
            ["max-positions"] = config.MaxPositions,
            ["context"] = config.Context != config.MaxPositions ? config.Context : null,
            ["tied-embeddings"] = config.TieWordEmbeddings,
            ["sees"] = config.Vision is null ? "text" : "text, pictures, videos",
            ["tower"] = config.Vision is { } tower ? new JObject { ["layers"] = tower.Depth, ["width"] = tower.Width, ["heads"] = tower.Heads } : null,
            ["pictures"] = config.Vision is { } vision ? Pictures(directory, vision) : null,
            ["scores"] = config.Scores > 0 ? config.Scores : null,
            ["dtypes"] = files is null ? null : new JArray(files.Shards.SelectMany(shard => shard.Entries).Select(entry => entry.Dtype).Distinct().Select(Name).Order()),
            ["shards"] = files is null ? null : new JArray(files.Shards.Select(shard => new JObject { ["file"] = shard.Name, ["bytes"] = shard.Length, ["tensors"] = shard.Entries.Count })),
            ["vocabulary"] = new JObject { ["rows"] = config.VocabularySize, ["tokenizer"] = Tokenizer.Exists(directory) ? Tokenizer.Load(directory).VocabularySize : null },
            ["generation-defaults"] = GenerationDefaults.Load(directory).ToString(),
            ["memory"] = new JObject(new[] { ScalarType.BFloat16, ScalarType.Float32 }.Select(dtype => new JProperty(Name(dtype), Memory(estimate, dtype)))),
            ["adapter"] = adapter is null ? null : Adapter(folder, adapter),
        };
        foreach (var unsaid in found.Properties().Where(property => property.Value.Type == JTokenType.Null).ToList())
        {
            unsaid.Remove();
        }

        return found;
    }

    private static bool HasWeights(string directory) => Directory.EnumerateFiles(directory, "model*.safetensors*").Any();

    /// <summary>What one picture may take; a large photograph can fill a prompt, so the limit wants to be seen.</summary>
    private static JObject Pictures(string directory, VisionConfig vision)
    {
        var (pictures, side) = (PreprocessorConfig.ForPictures(directory), vision.PatchSize * vision.MergeSize);
        return new JObject
        {
            ["min-pixels"] = pictures.MinPixels,
            ["max-pixels"] = pictures.MaxPixels,
            ["pixels-per-token"] = side * side,
            ["most-tokens"] = pictures.MaxPixels / (side * side),
        };
    }

    private static JObject Memory(MemoryEstimate estimate, ScalarType dtype)
    {
        var (training, adapter) = (estimate.Training(dtype), estimate.AdapterTraining(dtype, estimate.AdapterParameters(new LoraConfig().Rank)));
        return new JObject
        {
            ["weights"] = training.Weights,
            ["cache-per-token"] = estimate.CachePerToken(dtype),
            ["gradients"] = training.Gradients,
            ["moments"] = training.Moments,
            ["masters"] = training.Masters,
            ["training"] = training.Total,
            ["training-lora-8"] = adapter.Total,
        };
    }

    private static JObject Adapter(string folder, LoraConfig adapter) => new()
    {
        ["folder"] = Path.GetFullPath(folder),
        ["parameters"] = AdapterFile.Count(folder),
        ["rank"] = adapter.Rank,
        ["alpha"] = adapter.Alpha,
        ["rank-stabilised"] = adapter.IsRankStabilized,
        ["dropout"] = adapter.Dropout,
        ["target-modules"] = adapter.Targets.ToJson(),
        ["modules-to-save"] = new JArray(adapter.ModulesToSave),
        ["bias"] = adapter.Bias.ToString(),
    };

    private static string Name(ScalarType dtype) => dtype.ToString().ToLowerInvariant();
}
