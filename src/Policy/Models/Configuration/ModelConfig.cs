using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>The kind and sizes of a model, as Hugging Face's <c>config.json</c> states them.</summary>
/// <example>
/// Qwen2.5-7B: hidden 3584, 28 layers, 28 heads that share 4 key-value heads, so <see cref="HeadSize"/> is 128 and
/// seven query heads read each key-value head.
/// </example>
public sealed record ModelConfig
{
    internal const string FileName = "config.json";

    /// <summary>
    /// The key under which this program writes what the heads of a scalar model are; the weights are no language
    /// model's then.
    /// </summary>
    internal const string ScalarKey = "r1reward_scalar";

    /// <summary>Keys that name ids of tokens that stand for media.</summary>
    internal static readonly IReadOnlyList<string> PlaceholderKeys =
    [
        "image_token_id", "video_token_id", "audio_token_id", "image_token_index", "video_token_index",
        "audio_token_index",
    ];

    /// <summary>What the decoder shares with its relatives.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Qwen2;

    /// <summary>Rows of the token embedding; may exceed the tokenizer's size.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the gated feed-forward layer, where it is not routed.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>
    /// Number of key-value heads; each serves <see cref="Heads"/> / <see cref="KeyValueHeads"/> consecutive query
    /// heads.
    /// </summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; heads times this need not equal <see cref="HiddenSize"/>.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Tokens of the longest sequence that the model was made for.</summary>
    public int MaxPositions { get; init; } = 32768;

    /// <summary>
    /// Maximum tokens of prompt and reply: <see cref="MaxPositions"/>, or what YaRN stretches the original length to.
    /// </summary>
    public int Context => Rope.Kind == RotaryKind.Yarn ? Math.Max(MaxPositions, Rope.StretchedPositions) : MaxPositions;

    /// <summary>Maximum tokens of a prompt that leaves room for a reply.</summary>
    public int LongestPrompt => Context - 1;

    /// <summary>Rotary frequencies. A fresh model is saved with its base alone, so give it the default kind.</summary>
    public RotaryConfig Rope { get; init; } = new() { Theta = 1_000_000 };

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QueryBias { get; init; } = true;

    /// <summary>Whether the output of attention has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Keys that a query of a windowed layer sees, itself included; null: no layer is windowed.</summary>
    public int? Window { get; init; }

    /// <summary>
    /// Which layers are windowed, for each of <see cref="Layers"/>; empty where <see cref="Window"/> is null.
    /// </summary>
    public IReadOnlyList<bool> WindowedLayers { get; init; } = [];

    /// <summary>Routed experts; null: every layer is dense.</summary>
    public ExpertConfig? Experts { get; init; }

    /// <summary>Added to the mean square inside the root of every RMS norm.</summary>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether the output layer is the token embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>
    /// Numbers per position of a scalar reward model (<c>...ForSequenceClassification</c>), which has a layer
    /// <c>score</c> in place of the output layer: Hugging Face's <c>num_labels</c>. 0: a language model.
    /// </summary>
    public int LabelCount { get; init; }

    /// <summary>
    /// Whether there is an output layer. Without one the states alone are computed, which scalar heads read.
    /// </summary>
    public bool HasOutput { get; init; } = true;

    /// <summary>Standard deviation of fresh weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The vision side; null for a model that does not see.</summary>
    public VisionConfig? Vision { get; init; }

    /// <summary>The audio side; null for a model that does not hear.</summary>
    public AudioConfig? Audio { get; init; }

    /// <summary>How media stand in prompts; null for a model that reads text only.</summary>
    public MediaConfig? Media => Vision is null && Audio is null ? null : new(Vision, Audio);

    /// <summary>What the checkpoint's makers propose for generation.</summary>
    public GenerationDefaults Generation { get; init; } = new();

    /// <summary>
    /// Keys of the file that are set and whose meaning is unknown here; they are not followed, and the user is warned.
    /// </summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>
    /// The file as it was read, so that keys this program does not use survive a save; null for a fresh model.
    /// </summary>
    public JObject? Source { get; init; }

    /// <summary>
    /// Ids that stand for pictures, videos and sounds in a prompt; in a reply they would stand for nothing.
    /// </summary>
    public IReadOnlyList<int> PlaceholderTokens =>
    [
        .. PlaceholderKeys.Select(key => (int?)Source?[key]).OfType<int>()
            .Union(Media?.TokenIds ?? []),
    ];

    /// <summary>Reads <c>config.json</c> and <c>generation_config.json</c> of a model folder.</summary>
    /// <exception cref="UserErrorException">
    /// A file is missing or broken, or asks for what this program does not compute.
    /// </exception>
    public static ModelConfig Load(string directory) => ModelConfigReader.Load(directory);

    /// <summary>Keys that a query of this layer sees, itself included; null: all before it.</summary>
    public int? WindowOf(int layer) => WindowedLayers.Count > layer && WindowedLayers[layer] ? Window : null;
}
