using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads a <c>config.json</c>, in the spelling before transformers 5 (<c>rope_theta</c>, <c>torch_dtype</c>) and in the
/// later one (<c>rope_parameters</c>, <c>dtype</c>) alike; where the model sees, the decoder is read from a
/// <c>text_config</c> or from the top level.
/// </summary>
internal static class ModelConfigReader
{
    /// <summary>Reads the file of a model folder, with its <c>generation_config.json</c>.</summary>
    /// <exception cref="UserErrorException">
    /// A file is missing or broken, or asks for what this program does not compute.
    /// </exception>
    internal static ModelConfig Load(string directory)
    {
        var path = Path.Combine(directory, ModelConfig.FileName);
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{directory} is no model folder: {ModelConfig.FileName} is missing");
        }

        try
        {
            var config = Parse(JObject.Parse(File.ReadAllText(path)), path);
            return config with { Generation = GenerationDefaults.Load(directory) };
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{path} is not valid JSON: {broken.Message}", broken);
        }
        catch (Exception broken) when (broken is FormatException or ArgumentException or OverflowException)
        {
            throw new UserErrorException($"{path} holds a value of the wrong kind: {broken.Message}", broken);
        }
    }

    /// <summary>Reads a config from its JSON; <paramref name="origin"/> names it in errors.</summary>
    /// <exception cref="UserErrorException">Everything that is wrong or not computed, in one message.</exception>
    internal static ModelConfig Parse(JObject json, string origin)
    {
        var problems = new List<string>();
        var whole = new ConfigSection(json, problems);
        var decoder = whole.Section("text_config") ?? whole;
        var vision = VisionConfigReader.Read(whole, decoder);
        problems.AddRange(ModelConfigRefusals.Unsupported(whole, decoder));
        var config = Read(whole, decoder, vision);
        if (problems.Count == 0)
        {
            problems.AddRange(ModelConfigRefusals.Contradictions(config));
        }

        return problems.Count == 0
            ? config
            : throw new UserErrorException($"{origin}: {string.Join("; ", problems)}");
    }

    private static ModelConfig Read(ConfigSection whole, ConfigSection decoder, VisionConfig? vision)
    {
        var family = vision?.Family.Decoder ?? ModelFamily.Find((string?)whole["model_type"]) ?? ModelFamily.Qwen2;
        var bias = (bool?)decoder["attention_bias"] ?? false;
        var heads = decoder.Size("num_attention_heads");
        var hidden = decoder.Size("hidden_size");
        var layers = decoder.Size("num_hidden_layers");
        var positions = (int?)decoder["max_position_embeddings"] ?? 32768;
        var usesWindow = family.HasWindows && (bool?)decoder["use_sliding_window"] == true;
        var window = usesWindow ? (int?)decoder["sliding_window"] : null;
        return new ModelConfig
        {
            Family = family,
            VocabularySize = decoder.Size("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = decoder.Size("intermediate_size"),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = (int?)decoder["num_key_value_heads"] ?? heads,
            HeadSize = (int?)decoder["head_dim"] ?? (heads > 0 ? hidden / heads : 0),
            MaxPositions = positions,

            // What is missing has the default of Hugging Face's class, which is another one for models that see.
            Rope = RotaryConfigReader.Read(decoder, positions, vision is null ? 10_000 : 1_000_000),
            RmsNormEpsilon = (double?)decoder["rms_norm_eps"] ?? (vision is null ? 1e-6 : 1e-5),
            QueryBias = family.AlwaysQueryBias || bias,
            OutputBias = !family.AlwaysQueryBias && bias,
            Window = window,
            WindowedLayers = window is null ? [] : LayerWindows.Read(decoder, layers),
            Experts = family.HasExperts ? ReadExperts(decoder, layers) : null,
            TieWordEmbeddings = (bool?)(whole["tie_word_embeddings"] ?? decoder["tie_word_embeddings"]) ?? false,
            Scores = IsScorer(whole) ? (int?)whole["num_labels"] ?? (whole["id2label"] as JObject)?.Count ?? 2 : 0,
            InitializerRange = (double?)decoder["initializer_range"] ?? 0.02,
            Vision = vision,
            Source = whole.Json,
        };
    }

    /// <summary>
    /// The keys of Qwen3-MoE: <c>num_experts</c>, which later files call <c>num_local_experts</c>, and others.
    /// </summary>
    private static ExpertConfig ReadExperts(ConfigSection decoder, int layers)
    {
        var dense = decoder["mlp_only_layers"]?.ToObject<int[]>() ?? [];
        var every = (int?)decoder["decoder_sparse_step"] ?? 1;
        return new(
            decoder.Size(decoder.Json.ContainsKey("num_local_experts") ? "num_local_experts" : "num_experts"),
            decoder.Size("num_experts_per_tok"),
            decoder.Size("moe_intermediate_size"),
            (bool?)decoder["norm_topk_prob"] ?? false,
            [.. Enumerable.Range(0, layers).Select(layer => !dense.Contains(layer) && (layer + 1) % every == 0)]);
    }

    private static bool IsScorer(ConfigSection whole) => whole["architectures"] is JArray names
        && names.Any(name => ((string?)name)?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true);
}
