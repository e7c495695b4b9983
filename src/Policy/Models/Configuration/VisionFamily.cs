namespace R1Reward.Policy.Models.Configuration;

/// <summary>What the vision towers of one <c>model_type</c> have in common beyond their sizes.</summary>
/// <param name="ModelType">The value in <c>config.json</c>.</param>
/// <param name="Architecture">The class name that a fresh model is saved under.</param>
/// <param name="Decoder">The family of the decoder that reads the tower's output.</param>
public sealed record VisionFamily(string ModelType, string Architecture, ModelFamily Decoder)
{
    /// <summary>Qwen2-VL: layer norms, a two-layer MLP with quick GELU, full attention within each frame.</summary>
    public static VisionFamily Qwen2 { get; } =
        new("qwen2_vl", "Qwen2VLForConditionalGeneration", ModelFamily.Qwen2)
        {
            HasLayerNorms = true,
            Activation = "quick_gelu",
            WidthKey = "embed_dim",
            DefaultWidth = 1280,
            OutputWidthKey = "hidden_size",
        };

    /// <summary>Qwen2.5-VL: RMS norms, a gated SiLU MLP, attention within windows but in a few blocks.</summary>
    public static VisionFamily Qwen25 { get; } =
        new("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", ModelFamily.Qwen2)
        {
            HasWindows = true,
            HasVideoTime = true,
            DefaultWidth = 3584,
        };

    /// <summary>
    /// Qwen3-VL: layer norms, a two-layer MLP with the tanh form of GELU, learned positions beside the rotary ones,
    /// features of inner blocks that go into the first layers of the decoder, a time before each group of a video.
    /// </summary>
    public static VisionFamily Qwen3 { get; } =
        new("qwen3_vl", "Qwen3VLForConditionalGeneration", ModelFamily.Qwen3 with { HasWindows = false })
        {
            HasLayerNorms = true,
            Activation = "gelu_pytorch_tanh",
            HasPositionTable = true,
            HasDeepStack = true,
            InterleavesAxes = true,
            ShowsTimes = true,
            IsWhole = true,
            DecoderEpsilon = 1e-6,
            DecoderTheta = null,
            Names = new("linear_fc1", "linear_fc2", "norm", "linear_fc1", "linear_fc2"),
        };

    /// <summary>
    /// Qwen2.5-Omni's thinker: the tower of Qwen2.5-VL with separate queries, keys and values, 25 positions per second.
    /// </summary>
    public static VisionFamily Qwen25Omni { get; } =
        Qwen25 with
        {
            ModelType = "qwen2_5_omni_thinker",
            Architecture = "Qwen2_5OmniThinkerForConditionalGeneration",
            HasSplitAttention = true,
            HasOwnTimeRule = true,
            DecoderEpsilon = 1e-6,
        };

    /// <summary>Every family that this program computes.</summary>
    public static IReadOnlyList<VisionFamily> All { get; } = [Qwen2, Qwen25, Qwen3, Qwen25Omni];

    /// <summary>Norms are layer norms with biases; else RMS norms.</summary>
    public bool HasLayerNorms { get; init; }

    /// <summary>The MLP is gated; else it has two layers with the activation between them.</summary>
    public bool HasGatedMlp => Activation == "silu";

    /// <summary>Some blocks attend within windows.</summary>
    public bool HasWindows { get; init; }

    /// <summary>Time positions of a video follow its seconds; else they count its temporal groups.</summary>
    public bool HasVideoTime { get; init; }

    /// <summary>The patch projection has a bias, and a table of learned positions is added to what it gives.</summary>
    public bool HasPositionTable { get; init; }

    /// <summary>What some inner blocks see is added to the outputs of the first decoder layers.</summary>
    public bool HasDeepStack { get; init; }

    /// <summary>
    /// Rotary frequencies of the decoder follow time, row and column in turn; else each axis has a section.
    /// </summary>
    public bool InterleavesAxes { get; init; }

    /// <summary>Each temporal group of a video stands alone in the prompt, after its time as text.</summary>
    public bool ShowsTimes { get; init; }

    /// <summary>
    /// Files state every size, have the decoder's part under <c>text_config</c>, and name weights as transformers
    /// does inside.
    /// </summary>
    internal bool IsWhole { get; init; }

    /// <summary>What a file without <c>rms_norm_eps</c> means, for the decoder.</summary>
    internal double DecoderEpsilon { get; init; } = 1e-5;

    /// <summary>
    /// What a file without <c>rope_theta</c> means, for the decoder; null: it must be there, since releases of
    /// transformers do not agree on it.
    /// </summary>
    internal double? DecoderTheta { get; init; } = 1_000_000;

    /// <summary>How files call the linear layers of MLPs and mergers, and the norm of a merger.</summary>
    internal VisionNames Names { get; init; } = new("fc1", "fc2", "ln_q", "mlp.0", "mlp.2");

    /// <summary>Queries, keys and values of attention are three layers; else one.</summary>
    public bool HasSplitAttention { get; init; }

    /// <summary>
    /// Time positions per second are stated outside the tower, and text always goes on after the largest of all axes.
    /// </summary>
    public bool HasOwnTimeRule { get; init; }

    /// <summary>The key of <c>vision_config</c> that has the tower's width.</summary>
    internal string WidthKey { get; init; } = "hidden_size";

    /// <summary>
    /// The width that a file without <see cref="WidthKey"/> means: the default of Hugging Face's class.
    /// </summary>
    internal int DefaultWidth { get; init; }

    /// <summary>The key of <c>vision_config</c> that has the width of the decoder.</summary>
    internal string OutputWidthKey { get; init; } = "out_hidden_size";

    /// <summary>The one value of <c>hidden_act</c> that is computed.</summary>
    internal string Activation { get; init; } = "silu";

    /// <summary>The family of a <c>model_type</c>; null where it has no tower that this program computes.</summary>
    internal static VisionFamily? Find(string? modelType) =>
        All.FirstOrDefault(family => family.ModelType == modelType);
}
