using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads a <c>config.json</c>, in the spelling before transformers 5 (<c>rope_theta</c>, <c>torch_dtype</c>) and in the
/// later one (<c>rope_parameters</c>, <c>dtype</c>) alike; where the model sees, the decoder is read from a
/// <c>text_config</c> or from the top level.
/// </summary>
internal static class ModelConfigReader
{
    private const long MaxBytes = 16L << 20;

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
            var config = Parse(JObject.Parse(RegularFile.ReadText(path, MaxBytes)), path);
            var generation = GenerationDefaults.Load(directory);
            generation.RequireTokensWithin(config.VocabularySize, directory);
            return config with { Generation = generation };
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{path} is not valid JSON: {broken.Message}", broken);
        }
        catch (Exception broken) when (broken is FormatException or ArgumentException
            or OverflowException or InvalidCastException or InvalidOperationException)
        {
            throw new UserErrorException($"{path} holds a value of the wrong kind: {broken.Message}", broken);
        }
    }

    /// <summary>Reads a config from its JSON; <paramref name="origin"/> names it in errors.</summary>
    /// <exception cref="UserErrorException">Everything that is wrong or not computed, in one message.</exception>
    internal static ModelConfig Parse(JObject json, string origin)
    {
        var problems = new List<string>();
        var whole = new ConfigSection(Thinker.Of(json), problems);
        var decoder = whole.Section("text_config") ?? whole;
        var vision = VisionConfigReader.Read(whole, decoder);
        problems.AddRange(ModelConfigRefusals.Unsupported(whole, decoder).ToList());
        var config = Read(whole, decoder, vision);
        if (problems.Count == 0)
        {
            problems.AddRange(ModelConfigRefusals.Contradictions(config));
        }

        return problems.Count == 0
            ? config
            : throw new UserErrorException($"{origin}: {string.Join("; ", problems.Distinct())}");
    }

    private static ModelConfig Read(ConfigSection whole, ConfigSection decoder, VisionConfig? vision)
    {
        var hears = AudioFamily.Find(whole.Text("model_type"));
        var family = vision?.Family.Decoder
            ?? hears?.Decoder
            ?? ModelFamily.Find(whole.Text("model_type"))
            ?? ModelFamily.Qwen2;
        var bias = decoder.Flag("attention_bias") ?? false;

        // Published Qwen2-Audio leaves out what is the default of Hugging Face's class.
        var omits = hears?.HasPositionTable == true;
        var heads = decoder.Size("num_attention_heads", omits ? 32 : null, ConfigSection.MaxCount);
        var hidden = decoder.Size("hidden_size", omits ? 4096 : null);
        var layers = decoder.Size("num_hidden_layers", omits ? 32 : null, ConfigSection.MaxCount);
        var positions = decoder.Size("max_position_embeddings", 32768, int.MaxValue);
        var usesWindow = family.HasWindows && decoder.Flag("use_sliding_window") == true;
        int? window = usesWindow && decoder["sliding_window"] is not null
            ? decoder.Size("sliding_window", max: int.MaxValue)
            : null;
        foreach (var section in new[] { whole, decoder }.Distinct())
        {
            ModelConfigKeys.Check(section, family);
        }

        return new ModelConfig
        {
            Family = family,
            VocabularySize = decoder.Size("vocab_size", max: 1 << 26),
            HiddenSize = hidden,
            IntermediateSize = decoder.Size("intermediate_size"),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = decoder.Size("num_key_value_heads", heads, ConfigSection.MaxCount),
            HeadSize = decoder.Size("head_dim", heads > 0 ? hidden / heads : 0, ConfigSection.MaxCount),
            MaxPositions = positions,

            // What is missing has the default of Hugging Face's class, which is another one for models that see.
            Rope = RotaryConfigReader.Read(decoder, positions, vision?.Family),
            RmsNormEpsilon = decoder.Positive("rms_norm_eps") ?? vision?.Family.DecoderEpsilon ?? 1e-6,
            QueryBias = family.AlwaysQueryBias || bias,
            OutputBias = !family.AlwaysQueryBias && bias,
            Window = window,
            WindowedLayers = LayerWindows.Read(decoder, layers, window),
            Experts = family.HasExperts ? ReadExperts(decoder, layers) : null,
            TieWordEmbeddings = whole.Flag("tie_word_embeddings") ?? decoder.Flag("tie_word_embeddings") ?? false,
            LabelCount = IsScorer(whole) ? whole.Size("num_labels", (whole["id2label"] as JObject)?.Count ?? 2) : 0,
            HasOutput = whole[ModelConfig.ScalarKey] is null,
            InitializerRange = decoder.Positive("initializer_range") ?? 0.02,
            Vision = vision,
            Audio = AudioConfigReader.Read(whole, hidden),
            UnknownKeys = ModelConfigKeys.Unknown(whole, decoder, vision is not null),
            Source = whole.Json,
        };
    }

    /// <summary>
    /// The keys of Qwen3-MoE: <c>num_experts</c>, which later files call <c>num_local_experts</c>, and others.
    /// </summary>
    private static ExpertConfig ReadExperts(ConfigSection decoder, int layers)
    {
        const int most = ConfigSection.MaxCount;
        var dense = decoder.Indices("mlp_only_layers") ?? [];
        var every = decoder.Size("decoder_sparse_step", 1, most);
        var count = decoder.Json.ContainsKey("num_local_experts") ? "num_local_experts" : "num_experts";
        var routed = Enumerable.Range(0, layers)
            .Select(layer => every > 0 && !dense.Contains(layer) && (layer + 1) % every == 0);
        return new(
            decoder.Size(count, max: most),
            decoder.Size("num_experts_per_tok", max: most),
            decoder.Size("moe_intermediate_size"),
            decoder.Flag("norm_topk_prob") ?? false,
            [.. routed]);
    }

    private static bool IsScorer(ConfigSection whole) => (whole["architectures"] as JArray)?.Any(name =>
        name.Type == JTokenType.String
        && ((string)name!).EndsWith("ForSequenceClassification", StringComparison.Ordinal)) == true;
}
