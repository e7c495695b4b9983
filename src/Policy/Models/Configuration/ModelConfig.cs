using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// The kind and sizes of a decoder as a HF <c>config.json</c> states them. Read from the spelling before transformers 5
/// (<c>rope_theta</c>, <c>torch_dtype</c>) and from the later one (<c>rope_parameters</c>, <c>dtype</c>) alike; where the
/// model sees, from a <c>text_config</c> or from the top level.
/// </summary>
/// <example>
/// Qwen2.5-7B: hidden 3584, 28 layers, 28 heads that share 4 key-value heads, so <see cref="HeadSize"/> is 128 and
/// seven query heads read each key-value head.
/// </example>
public sealed record ModelConfig
{
    internal const string FileName = "config.json";
    private const string Full = "full_attention";
    private const string Sliding = "sliding_attention";

    private static readonly string[] _placeholders = ["image_token_id", "video_token_id", "audio_token_id", "audio_token_index"];

    /// <summary>What it shares with its relatives.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Qwen2;

    /// <summary>Rows of the token embedding; may exceed the tokenizer's size.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the gated feed-forward layer, where it is not routed.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key-value heads; each serves <see cref="Heads"/> / <see cref="KeyValueHeads"/> consecutive query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; heads times this need not equal <see cref="HiddenSize"/>.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Longest sequence the model was made for.</summary>
    public int MaxPositions { get; init; } = 32768;

    /// <summary>Most tokens of prompt and reply: <see cref="MaxPositions"/>, or what YaRN stretches the original length to.</summary>
    public int Context => Rope.Kind == RotaryKind.Yarn ? Math.Max(MaxPositions, (int)Math.Min(Rope.Factor * Rope.OriginalPositions, int.MaxValue)) : MaxPositions;

    /// <summary>Most tokens of a prompt that leaves room for a reply.</summary>
    public int LongestPrompt => Context - 1;

    /// <summary>Rotary frequencies. A fresh model is saved with its base alone, so give it the default kind.</summary>
    public RotaryConfig Rope { get; init; } = new() { Theta = 1_000_000 };

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QueryBias { get; init; } = true;

    /// <summary>Whether the output of attention has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Keys that a query of a windowed layer sees, itself included; null: no layer is windowed.</summary>
    public int? Window { get; init; }

    /// <summary>Which layers are windowed, for each of <see cref="Layers"/>; empty where <see cref="Window"/> is null.</summary>
    public IReadOnlyList<bool> WindowedLayers { get; init; } = [];

    /// <summary>Routed experts; null: every layer is dense.</summary>
    public ExpertConfig? Experts { get; init; }

    /// <summary>Added to the mean square inside the root of every RMS norm.</summary>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether the output layer is the token embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>
    /// Numbers per position of a reward model (<c>...ForSequenceClassification</c>), which has a layer <c>score</c> in
    /// place of the output layer; 0: a language model.
    /// </summary>
    public int Scores { get; init; }

    /// <summary>Standard deviation of fresh weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The vision side; null for a model that reads text only.</summary>
    public VisionConfig? Vision { get; init; }

    /// <summary>What the checkpoint's makers propose for generation.</summary>
    public GenerationDefaults Generation { get; init; } = new();

    /// <summary>The file as it was read, so that keys this program does not use survive a save; null for a fresh model.</summary>
    public JObject? Source { get; init; }

    /// <summary>Ids that stand for pictures, videos and sounds in a prompt; in a reply they would stand for nothing.</summary>
    public IReadOnlyList<int> PlaceholderTokens =>
        [.. _placeholders.Select(key => (int?)Optional(Source, key)).OfType<int>().Union(Vision is null ? [] : [Vision.ImageTokenId, Vision.VideoTokenId])];

    /// <summary>Keys that a query of this layer sees, itself included; null: all before it.</summary>
    public int? WindowOf(int layer) => WindowedLayers.Count > layer && WindowedLayers[layer] ? Window : null;

    /// <summary>Reads <c>config.json</c> of a model folder.</summary>
    /// <exception cref="UserErrorException">The file is missing or broken, or asks for what this program does not compute.</exception>
    public static ModelConfig Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{directory} is no model folder: {FileName} is missing");
        }

        try
        {
            return Parse(JObject.Parse(File.ReadAllText(path)), path) with { Generation = GenerationDefaults.Load(directory) };
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
    public static ModelConfig Parse(JObject json, string origin)
    {
        var problems = new List<string>();
        var whole = json;
        json = Decoder(whole);
        var vision = VisionConfig.Parse(whole, json, problems);
        Refuse(whole, json, problems);
        var family = ModelFamily.All.FirstOrDefault(known => known.ModelType == (string?)Optional(whole, "model_type")) ?? ModelFamily.Qwen2;
        var bias = (bool?)Optional(json, "attention_bias") ?? false;
        var heads = Size(json, "num_attention_heads", problems);
        var hidden = Size(json, "hidden_size", problems);
        var keyValueHeads = Optional(json, "num_key_value_heads") is { } given ? (int)given : heads;
        var layers = Size(json, "num_hidden_layers", problems);
        var positions = (int?)Optional(json, "max_position_embeddings") ?? 32768;
        var window = family.HasWindows && (bool?)Optional(json, "use_sliding_window") == true ? (int?)Optional(json, "sliding_window") : null;
        var config = new ModelConfig
        {
            Family = family,
            VocabularySize = Size(json, "vocab_size", problems),
            HiddenSize = hidden,
            IntermediateSize = Size(json, "intermediate_size", problems),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = Optional(json, "head_dim") is { } size ? (int)size : heads > 0 ? hidden / heads : 0,
            MaxPositions = positions,
            Rope = RotaryConfig.Parse(json, positions, problems, vision is null ? 10_000 : 1_000_000),
            QueryBias = family.AlwaysQueryBias || bias,
            OutputBias = !family.AlwaysQueryBias && bias,
            Window = window,
            Experts = family.HasExperts ? ExpertConfig.Parse(json, layers, problems) : null,
            WindowedLayers = window is null ? [] : Windowed(json, layers, problems),
            RmsNormEpsilon = (double?)Optional(json, "rms_norm_eps") ?? (vision is null ? 1e-6 : 1e-5),
            TieWordEmbeddings = (bool?)(Optional(whole, "tie_word_embeddings") ?? Optional(json, "tie_word_embeddings")) ?? false,
            Scores = IsScorer(whole) ? (int?)Optional(whole, "num_labels") ?? (Optional(whole, "id2label") as JObject)?.Count ?? 2 : 0,
            InitializerRange = (double?)Optional(json, "initializer_range") ?? 0.02,
            Vision = vision,
            Source = whole,
        };
        if (problems.Count == 0 && (keyValueHeads < 1 || heads % keyValueHeads != 0))
        {
            problems.Add($"num_attention_heads {heads} is no multiple of num_key_value_heads {keyValueHeads}");
        }

        if (problems.Count == 0 && config.HeadSize % 2 != 0)
        {
            problems.Add($"head size {config.HeadSize} is odd; rotary positions need pairs");
        }

        if (problems.Count == 0 && vision is not null && (vision.OutputWidth != hidden || vision.RotarySections.Sum() != config.HeadSize / 2))
        {
            problems.Add($"the tower's output {vision.OutputWidth} and mrope_section {string.Join(", ", vision.RotarySections)} do not fit hidden_size {hidden} and head size {config.HeadSize}");
        }

        return problems.Count == 0 ? config : throw new UserErrorException($"{origin}: {string.Join("; ", problems)}");
    }

    /// <summary>Writes <c>config.json</c> with the sizes of this record over the keys of <see cref="Source"/>.</summary>
    public JObject ToJson()
    {
        var whole = Source is null ? [] : (JObject)Source.DeepClone();
        whole["architectures"] ??= new JArray(Vision is null ? Family.Architecture : Vision.Family == VisionFamily.Qwen2 ? "Qwen2VLForConditionalGeneration" : "Qwen2_5_VLForConditionalGeneration");
        whole["model_type"] = Vision?.ModelType ?? Family.ModelType;
        Vision?.WriteTo(whole);
        var json = Decoder(whole);
        json["hidden_act"] = "silu";
        json["vocab_size"] = VocabularySize;
        json["hidden_size"] = HiddenSize;
        json["intermediate_size"] = IntermediateSize;
        json["num_hidden_layers"] = Layers;
        json["num_attention_heads"] = Heads;
        json["num_key_value_heads"] = KeyValueHeads;
        json["max_position_embeddings"] = MaxPositions;
        json["rms_norm_eps"] = RmsNormEpsilon;
        whole["tie_word_embeddings"] = TieWordEmbeddings;
        json["initializer_range"] = InitializerRange;
        if (HeadSize * Heads != HiddenSize || json.ContainsKey("head_dim"))
        {
            json["head_dim"] = HeadSize;
        }

        if (json["rope_parameters"] is JObject rope)
        {
            rope["rope_theta"] = Rope.Theta;
        }
        else
        {
            json["rope_theta"] = Rope.Theta;
            if (Vision is not null)
            {
                json["rope_scaling"] ??= new JObject { ["type"] = "mrope", ["mrope_section"] = new JArray(Vision.RotarySections) };
            }
        }

        if (Source is null && !Family.AlwaysQueryBias)
        {
            json["attention_bias"] = QueryBias;
        }

        if (Source is null && Window is not null)
        {
            json["use_sliding_window"] = true;
            json["sliding_window"] = Window;
            json["layer_types"] = new JArray(WindowedLayers.Select(windowed => windowed ? Sliding : Full));
        }

        return whole;
    }

    /// <summary>The part of a file that is about the decoder: all of it, or its <c>text_config</c>.</summary>
    private static JObject Decoder(JObject whole) => whole["text_config"] as JObject ?? whole;

    private static void Refuse(JObject whole, JObject json, List<string> problems)
    {
        string[] known = [.. ModelFamily.All.Select(family => family.ModelType), .. VisionConfig.ModelTypes];
        if (!known.Contains((string?)Optional(whole, "model_type")))
        {
            problems.Add($"model_type {Optional(whole, "model_type") ?? "(none)"} is not known; this program computes {string.Join(", ", known)}");
        }

        if (Optional(whole, "quantization_config") is JObject quantized)
        {
            problems.Add($"quantised weights ({Optional(quantized, "quant_method") ?? "of an unnamed method"}) are not computed; use the model that they were made from");
        }

        if ((string?)Optional(json, "hidden_act") is { } activation and not "silu")
        {
            problems.Add($"hidden_act {activation} is not computed; silu is");
        }

        if ((string?)Optional(whole, "model_type") == ModelFamily.Qwen3Moe.ModelType && (bool?)Optional(json, "use_sliding_window") == true)
        {
            problems.Add("use_sliding_window is not computed for models with experts; false is");
        }

        if ((bool?)Optional(json, "mlp_bias") == true)
        {
            problems.Add("mlp_bias is not computed; false is");
        }
    }

    private static bool IsScorer(JObject whole) =>
        (Optional(whole, "architectures") as JArray)?.Any(name => ((string?)name)?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true) == true;

    /// <summary><c>layer_types</c> or, in files before transformers 4.53, the layers from <c>max_window_layers</c> on: the window comes last.</summary>
    private static bool[] Windowed(JObject json, int layers, List<string> problems)
    {
        if (Optional(json, "layer_types") is not JArray types)
        {
            var first = (int?)Optional(json, "max_window_layers") ?? 28;
            return [.. Enumerable.Range(0, layers).Select(layer => layer >= first)];
        }

        if (types.Count != layers || types.Any(type => (string?)type is not (Full or Sliding)))
        {
            problems.Add($"layer_types must name {Full} or {Sliding} for each of the {layers} layers but is {types.ToString(Formatting.None)}");
        }

        return [.. types.Select(type => (string?)type == Sliding)];
    }

    private static int Size(JObject json, string key, List<string> problems)
    {
        if (Optional(json, key) is { Type: JTokenType.Integer } value && (long)value is > 0 and <= int.MaxValue)
        {
            return (int)value;
        }

        problems.Add($"{key} must be a positive whole number but is {Optional(json, key) ?? "missing"}");
        return 0;
    }

    private static JToken? Optional(JToken? json, string key) =>
        json is JObject owner && owner[key] is { Type: not JTokenType.Null } value ? value : null;
}
