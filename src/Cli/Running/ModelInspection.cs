using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Options;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Policy.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Cli.Running;

/// <summary>Reads what a model folder states of itself; of the weights the headers alone are read.</summary>
internal static class ModelInspection
{
    /// <summary>Tokens of the sequence whose activations are estimated, with fused attention.</summary>
    private const int SequenceLength = 4096;

    /// <summary>
    /// Everything found, sizes in bytes, as <c>model inspect --json</c> prints it. What a folder does not state is left
    /// out.
    /// </summary>
    /// <exception cref="UserErrorException">The folder is no model, or its weights do not fit.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="ranks">How many learners train the model together.</param>
    public static JObject Inspect(string folder, int ranks = 1)
    {
        _ = ModelCard.Load(folder)?.Prompt;
        var adapter = LoraConfig.IsIn(folder) ? LoraConfig.Load(folder) : null;
        var directory = adapter is null ? folder : PolicyFolder.BaseOf(folder);
        var config = ModelConfig.Load(directory);
        var files = CheckpointFiles.Open(directory);
        var scalar = adapter is null ? ScalarFolder.Inspect(directory) : null;
        if (scalar is null)
        {
            files.Check(config);
        }

        if (adapter is not null)
        {
            TensorLibrary.EnsureLoaded();
            LoraAdapter.Check(config, folder);
        }

        // Heads are small, and the decoder of a scalar model has no output layer.
        var estimate = new MemoryEstimate(
            scalar is null ? config : config with { LabelCount = 0, HasOutput = false });
        var found = new JObject
        {
            ["folder"] = Path.GetFullPath(directory),
            ["architecture"] = (config.Source?["architectures"] as JArray)?[0],
            ["model-type"] = config.Source?["model_type"],
            ["parameters"] = estimate.Parameters + (scalar?.Parameters ?? 0),
            ["layers"] = config.Layers,
            ["hidden-size"] = config.HiddenSize,
            ["heads"] = config.Heads,
            ["key-value-heads"] = config.KeyValueHeads,
            ["max-positions"] = config.MaxPositions,
            ["context"] = config.Context != config.MaxPositions ? config.Context : null,
            ["tied-embeddings"] = config.TieWordEmbeddings,
            ["sees"] = Reads(config),
            ["tower"] = config.Vision is { } eyes ? Tower(eyes.Depth, eyes.Width, eyes.Heads) : null,
            ["pictures"] = config.Vision is { } vision ? Pictures(directory, vision) : null,
            ["audio-tower"] = config.Audio is { } ears ? Tower(ears.Depth, ears.Width, ears.Heads) : null,
            ["sounds"] = config.Audio is { } audio ? Sounds(directory, audio) : null,
            ["scalar"] = scalar is var (heads, weights) ? Scalar(heads, weights, config.Layers) : null,
            ["dtypes"] = Formats(files),
            ["shards"] = Shards(files),
            ["vocabulary"] = Vocabulary(directory, config),
            ["unknown-keys"] = config.UnknownKeys.Count > 0 ? new JArray(config.UnknownKeys) : null,
            ["generation-defaults"] = config.Generation.ToString(),
            ["memory"] = Memory(estimate, config, ranks),
            ["adapter"] = adapter is null ? null : Adapter(folder, adapter),
        };
        foreach (var unstated in found.Properties().Where(property => property.Value.Type == JTokenType.Null).ToList())
        {
            unstated.Remove();
        }

        return found;
    }

    private static JObject Scalar(ScalarConfig heads, long weights, int layers) => new()
    {
        ["heads"] = new JArray(heads.Heads),
        ["head"] = EnumNames.Dashed(heads.Kind),
        ["pooling"] = EnumNames.Dashed(heads.Pooling),
        ["states-after-block"] = heads.StatesAfter(layers),
        ["pools-padding"] = heads.PoolsPadding,
        ["scale"] = heads.ScaleForTraining,
        ["parameters"] = weights,
    };

    private static string Reads(ModelConfig config) => (config.Vision, config.Audio) switch
    {
        (null, null) => "text",
        (_, null) => "text, pictures, videos",
        (null, _) => "text, sounds",
        _ => "text, pictures, videos, sounds",
    };

    /// <summary>Tokens that one sound may take: 25 for a second, up to the longest that is heard.</summary>
    private static JObject Sounds(string directory, AudioConfig audio)
    {
        var sounds = PreprocessorFiles.ReadSounds(directory);
        audio.RequireFeaturesOf(sounds, directory);
        return new JObject
        {
            ["mel-filters"] = sounds.MelBins,
            ["longest-seconds"] = sounds.Seconds,
            ["most-tokens"] = sounds.Columns / 4,
        };
    }

    private static JObject Tower(int layers, int width, int heads) => new()
    {
        ["layers"] = layers,
        ["width"] = width,
        ["heads"] = heads,
    };

    /// <summary>Pixels and tokens that one picture may take: a large photograph can fill a prompt.</summary>
    private static JObject Pictures(string directory, VisionConfig vision)
    {
        var pictures = PreprocessorFiles.ReadPictures(directory);
        vision.RequirePatchesOf(pictures, directory);
        vision.RequireVideosOf(PreprocessorFiles.ReadVideos(directory), directory);
        var side = vision.PatchSize * vision.MergeSize;
        return new JObject
        {
            ["min-pixels"] = pictures.MinPixels,
            ["max-pixels"] = pictures.MaxPixels,
            ["pixels-per-token"] = side * side,
            ["most-tokens"] = pictures.MaxPixels / (side * side),
        };
    }

    private static JArray Formats(CheckpointFiles files) => new(files.Shards
        .SelectMany(shard => shard.Entries)
        .Select(entry => entry.Dtype)
        .Distinct()
        .Select(Name)
        .Order());

    private static JArray Shards(CheckpointFiles files) => new(files.Shards.Select(shard => new JObject
    {
        ["file"] = shard.Name,
        ["bytes"] = shard.Length,
        ["tensors"] = shard.Entries.Count,
    }));

    /// <summary>Sizes of vocabulary and tokenizer, whose template is read too: a broken one would not load.</summary>
    private static JObject Vocabulary(string directory, ModelConfig config)
    {
        var exists = Tokenizer.Exists(directory);
        var tokenizer = exists ? Tokenizer.Load(directory, config.VocabularySize) : null;
        var hasTemplate = tokenizer?.HasChatTemplate == true;
        if (hasTemplate)
        {
            _ = new ChatTemplate(tokenizer!);
        }

        return new JObject
        {
            ["rows"] = config.VocabularySize,
            ["tokenizer"] = tokenizer?.VocabularySize,
            ["chat-template"] = hasTemplate,
        };
    }

    private static JObject Memory(MemoryEstimate estimate, ModelConfig config, int ranks) => new()
    {
        [Name(ScalarType.BFloat16)] = Memory(estimate, config, ScalarType.BFloat16, ranks),
        [Name(ScalarType.Float32)] = Memory(estimate, config, ScalarType.Float32, ranks),
    };

    private static JObject Memory(MemoryEstimate estimate, ModelConfig config, ScalarType dtype, int ranks)
    {
        var training = estimate.Training(dtype);
        var adapter = estimate.AdapterTraining(dtype, estimate.AdapterParameters(new LoraConfig().Rank));
        long Activations(bool checkpointing) => estimate.Activations(dtype, 1, SequenceLength, checkpointing, true);
        var memory = new JObject
        {
            ["weights"] = training.Weights,
            ["cache-per-token"] = estimate.CachePerToken(dtype),
            ["gradients"] = training.Gradients,
            ["moments"] = training.Moments,
            ["masters"] = training.Masters,
            ["training"] = training.Total,
            ["training-lora-8"] = adapter.Total,
            ["activations"] = Activations(checkpointing: false),
            ["activations-checkpointed"] = Activations(checkpointing: true),
        };
        if (ranks > 1)
        {
            memory["sharded"] = new JObject(Enum.GetValues<Sharding>().Select(sharding =>
                new JProperty(EnumNames.Dashed(sharding), OfRank(ShardedMemory.Of(config, dtype, sharding, ranks)))));
        }

        return memory;
    }

    private static JObject OfRank(TrainingMemory memory) => new()
    {
        ["weights"] = memory.Weights,
        ["gradients"] = memory.Gradients,
        ["moments"] = memory.Moments,
        ["masters"] = memory.Masters,
        ["training"] = memory.Total,
    };

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
