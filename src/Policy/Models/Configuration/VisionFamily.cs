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
            WidthKey = "embed_dim",
            DefaultWidth = 1280,
            OutputWidthKey = "hidden_size",
        };

    /// <summary>Qwen2.5-VL: RMS norms, a gated SiLU MLP, attention within windows but in a few blocks.</summary>
    public static VisionFamily Qwen25 { get; } =
        new("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", ModelFamily.Qwen2)
        {
            HasGatedMlp = true,
            HasWindows = true,
            HasVideoTime = true,
            WidthKey = "hidden_size",
            DefaultWidth = 3584,
            OutputWidthKey = "out_hidden_size",
        };

    /// <summary>Every family that this program computes.</summary>
    public static IReadOnlyList<VisionFamily> All { get; } = [Qwen2, Qwen25];

    /// <summary>Norms are layer norms with biases; else RMS norms.</summary>
    public bool HasLayerNorms { get; init; }

    /// <summary>The MLP is gated with SiLU; else it has two layers with quick GELU between them.</summary>
    public bool HasGatedMlp { get; init; }

    /// <summary>Some blocks attend within windows.</summary>
    public bool HasWindows { get; init; }

    /// <summary>Time positions of a video follow its seconds; else they count its temporal groups.</summary>
    public bool HasVideoTime { get; init; }

    /// <summary>The key of <c>vision_config</c> that has the tower's width.</summary>
    internal string WidthKey { get; init; } = "hidden_size";

    /// <summary>
    /// The width that a file without <see cref="WidthKey"/> means: the default of Hugging Face's class.
    /// </summary>
    internal int DefaultWidth { get; init; }

    /// <summary>The key of <c>vision_config</c> that has the width of the decoder.</summary>
    internal string OutputWidthKey { get; init; } = "out_hidden_size";

    /// <summary>The one value of <c>hidden_act</c> that is computed.</summary>
    internal string Activation => HasGatedMlp ? "silu" : "quick_gelu";

    /// <summary>The family of a <c>model_type</c>; null where it has no tower that this program computes.</summary>
    internal static VisionFamily? Find(string? modelType) =>
        All.FirstOrDefault(family => family.ModelType == modelType);
}
