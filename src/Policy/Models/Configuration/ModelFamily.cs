namespace R1Reward.Policy.Models.Configuration;

/// <summary>What the decoders of one <c>model_type</c> have in common beyond their sizes.</summary>
/// <param name="ModelType">The value in <c>config.json</c>.</param>
/// <param name="Architecture">The class name that a fresh model is saved under.</param>
public sealed record ModelFamily(string ModelType, string Architecture)
{
    /// <summary>Qwen2 and Qwen2.5: biases on queries, keys and values; the last layers may see a window.</summary>
    public static ModelFamily Qwen2 { get; } =
        new("qwen2", "Qwen2ForCausalLM") { AlwaysQueryBias = true, HasWindows = true };

    /// <summary>Qwen3: each head of queries and keys is normed before the rotation.</summary>
    public static ModelFamily Qwen3 { get; } =
        new("qwen3", "Qwen3ForCausalLM") { QueryKeyNorm = true, HasWindows = true };

    /// <summary>Qwen3 with routed experts.</summary>
    public static ModelFamily Qwen3Moe { get; } =
        new("qwen3_moe", "Qwen3MoeForCausalLM") { QueryKeyNorm = true, HasExperts = true };

    /// <summary>Llama 2 and 3.</summary>
    public static ModelFamily Llama { get; } = new("llama", "LlamaForCausalLM");

    /// <summary>Every family that this program computes.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = [Qwen2, Qwen3, Qwen3Moe, Llama];

    /// <summary>
    /// Queries, keys and values have biases and the output of attention has none, whatever <c>attention_bias</c> says.
    /// </summary>
    public bool AlwaysQueryBias { get; init; }

    /// <summary>Queries and keys are normed head by head.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Some layers have routed experts.</summary>
    public bool HasExperts { get; init; }

    /// <summary><c>use_sliding_window</c> has a meaning.</summary>
    public bool HasWindows { get; init; }

    /// <summary>
    /// The family of a <c>model_type</c> without a tower; null where this program does not compute it.
    /// </summary>
    internal static ModelFamily? Find(string? modelType) =>
        All.FirstOrDefault(family => family.ModelType == modelType);
}
