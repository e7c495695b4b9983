using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Refuses settings of a <c>preprocessor_config.json</c> that would give other pixels than those computed here. Every
/// key is followed, known to change nothing, or must be off: null, false or empty.
/// </summary>
internal static class PreprocessorKeys
{
    /// <summary>
    /// Keys that are followed, names, formats of tensors, and those of sounds, which have a reader of their own.
    /// </summary>
    private static readonly HashSet<string> _known =
        """
        patch_size temporal_patch_size merge_size min_pixels max_pixels size rescale_factor image_mean image_std
        do_resize do_rescale do_normalize resample do_sample_frames fps min_frames max_frames image_processor_type
        video_processor_type processor_class do_convert_rgb data_format input_data_format return_tensors device
        default_to_square disable_grouping return_metadata video_metadata max_video_tokens feature_extractor_type
        chunk_length dither feature_size hop_length n_fft n_samples nb_max_frames padding_side padding_value
        return_attention_mask sampling_rate image_processor video_processor feature_extractor auto_map
        transformers_version _processor_class _auto_class _valid_processor_keys image_token video_token
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    private static readonly string[] _types = ["image_processor_type", "video_processor_type"];

    /// <summary>What is refused, one clause for each key.</summary>
    internal static IEnumerable<string> Refusals(JObject json)
    {
        foreach (var key in _types.Where(key => json[key] is { Type: not JTokenType.Null }))
        {
            if ((string?)json[key] is not { } type || !type.StartsWith("Qwen", StringComparison.Ordinal))
            {
                yield return $"{key} is {json[key]}, not one of Qwen's";
            }
        }

        foreach (var property in json.Properties().Where(entry => !_known.Contains(entry.Name) && IsOn(entry.Value)))
        {
            yield return $"{property.Name} is {property.Value.ToString(Newtonsoft.Json.Formatting.None)}";
        }
    }

    private static bool IsOn(JToken value) => value switch
    {
        { Type: JTokenType.Null } => false,
        JContainer container => container.HasValues,
        { Type: JTokenType.Boolean } flag => (bool)flag,
        _ => true,
    };
}
