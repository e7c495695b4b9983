namespace R1Reward.Policy.Models.Configuration;

/// <summary>What the audio towers of one <c>model_type</c> have in common beyond their sizes.</summary>
/// <param name="ModelType">The value in <c>config.json</c>.</param>
/// <param name="Architecture">The class name that a fresh model is saved under.</param>
/// <param name="Decoder">The family of the decoder that reads the tower's output.</param>
public sealed record AudioFamily(string ModelType, string Architecture, ModelFamily Decoder)
{
    /// <summary>
    /// Qwen2-Audio: Whisper's encoder over a whole sound, its table of positions among the weights, a projector.
    /// </summary>
    public static AudioFamily Qwen2 { get; } =
        new("qwen2_audio", "Qwen2AudioForConditionalGeneration", ModelFamily.Qwen2)
        {
            HasPositionTable = true,
            LastNorm = "audio_tower.layer_norm",
            Output = "multi_modal_projector.linear",
        };

    /// <summary>
    /// Qwen2.5-Omni's thinker: the encoder over chunks of a sound, each by itself; positions are computed.
    /// </summary>
    public static AudioFamily Qwen25Omni { get; } =
        new("qwen2_5_omni_thinker", "Qwen2_5OmniThinkerForConditionalGeneration", ModelFamily.Qwen2)
        {
            HasChunks = true,
            IsFlat = true,
            LastNorm = "audio_tower.ln_post",
            Output = "audio_tower.proj",
        };

    /// <summary>Every family that this program computes.</summary>
    public static IReadOnlyList<AudioFamily> All { get; } = [Qwen2, Qwen25Omni];

    /// <summary>The table of positions is a weight, which training leaves as it is.</summary>
    public bool HasPositionTable { get; init; }

    /// <summary>Sounds are cut into chunks that do not hear each other.</summary>
    public bool HasChunks { get; init; }

    /// <summary>Decoder and towers have the same names in files as inside transformers, side by side.</summary>
    internal bool IsFlat { get; init; }

    /// <summary>Name of the norm after the layers.</summary>
    internal string LastNorm { get; init; } = "";

    /// <summary>Name of the linear layer that maps to the decoder's width.</summary>
    internal string Output { get; init; } = "";

    /// <summary>The family of a <c>model_type</c>; null where it has no tower that this program computes.</summary>
    internal static AudioFamily? Find(string? modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
