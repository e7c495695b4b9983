namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Families that users ask for and this program does not compute, each with the one that comes nearest.
/// </summary>
internal static class ForeignFamilies
{
    /// <summary>The <c>model_type</c> that files state, what people call it, and the type that is nearest.</summary>
    internal static IReadOnlyList<(string ModelType, string Name, string Nearest)> All { get; } =
    [
        ("qwen3_vl_moe", "Qwen3-VL with routed experts", "qwen3_vl"),
        ("qwen3_5", "Qwen3.5", "qwen3_vl"),
        ("qwen3_5_text", "Qwen3.5", "qwen3"),
        ("qwen3_5_moe", "Qwen3.5 with routed experts", "qwen3_vl"),
        ("qwen3_next", "Qwen3-Next", "qwen3_moe"),
        ("qwen2_moe", "Qwen2 with routed experts", "qwen3_moe"),
        ("Keye", "Keye-VL", "qwen2_5_vl"),
        ("KeyeVL1_5", "Keye-VL 1.5", "qwen2_5_vl"),
        ("minicpmv", "MiniCPM-V", "qwen2_5_vl"),
        ("minicpmo", "MiniCPM-o", "qwen2_5_omni_thinker"),
        ("qwen3_omni_moe", "Qwen3-Omni", "qwen2_5_omni_thinker"),
        ("qwen2_5_omni_talker", "the talker of Qwen2.5-Omni", "qwen2_5_omni_thinker"),
        ("audioflamingo3", "Audio Flamingo 3", "qwen2_audio"),
        ("voxtral", "Voxtral", "qwen2_audio"),
        ("minicpm", "MiniCPM", "llama"),
        ("internvl", "InternVL", "qwen2_5_vl"),
        ("internvl_chat", "InternVL", "qwen2_5_vl"),
        ("llava", "LLaVA", "qwen2_vl"),
        ("llava_onevision", "LLaVA-OneVision", "qwen2_vl"),
        ("glm4v", "GLM-4.1V", "qwen2_5_vl"),
        ("mllama", "Llama 3.2 Vision", "qwen2_vl"),
        ("llama4", "Llama 4", "llama"),
        ("gemma2", "Gemma 2", "llama"),
        ("gemma3", "Gemma 3", "qwen2_5_vl"),
        ("mistral", "Mistral", "llama"),
        ("phi3", "Phi-3", "llama"),
        ("deepseek_v3", "DeepSeek-V3", "qwen3_moe"),
    ];

    /// <summary>Why a <c>model_type</c> is refused that is not among the computed ones.</summary>
    internal static string Refusal(string? type, IEnumerable<string> computed)
    {
        var list = $"this program computes {string.Join(", ", computed)}";
        return All.FirstOrDefault(family => family.ModelType == type) is { Name: { } name, Nearest: var nearest }
            ? $"model_type {type} ({name}) is not computed; the nearest that is, is {nearest}: {list}"
            : $"model_type {type ?? "(none)"} is not known; {list}";
    }
}
