using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads a <c>generation_config.json</c>: what is followed, and what else would change how a reply is sampled.
/// </summary>
internal static class GenerationDefaultsReader
{
    /// <summary>Keys that are followed, or that say nothing about how a token is drawn.</summary>
    private static readonly HashSet<string> _read =
        """
        do_sample temperature top_k top_p min_p repetition_penalty eos_token_id bos_token_id pad_token_id
        decoder_start_token_id transformers_version _from_model_config max_length max_new_tokens max_time use_cache
        output_attentions output_hidden_states output_scores output_logits return_dict_in_generate
        num_return_sequences length_penalty early_stopping renormalize_logits remove_invalid_values
        low_memory attn_implementation _attn_implementation cache_implementation cache_config return_legacy_cache
        disable_compile compile_config
        trust_remote_code prefill_chunk_size chat_format max_window_size assistant_early_exit
        num_assistant_tokens num_assistant_tokens_schedule assistant_confidence_threshold assistant_lookbehind
        target_lookbehind is_assistant prompt_lookup_num_tokens max_matching_ngram_size
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    /// <summary>Values that other keys have without an effect.</summary>
    private static readonly Dictionary<string, double> _neutral = new()
    {
        ["num_beams"] = 1,
        ["num_beam_groups"] = 1,
        ["typical_p"] = 1,
        ["guidance_scale"] = 1,
        ["encoder_repetition_penalty"] = 1,
    };

    /// <summary>Reads the file's object.</summary>
    /// <exception cref="UserErrorException">A value cannot be what its key says: all of them by name.</exception>
    internal static GenerationDefaults Parse(JObject json, string path)
    {
        var problems = new List<string>();
        var file = new ConfigSection(json, problems);
        var defaults = new GenerationDefaults
        {
            Samples = file.Flag("do_sample"),
            Temperature = Within(file, "temperature", 0, double.MaxValue),
            TopK = file["top_k"] is null ? null : file.Index("top_k", 0),
            TopP = Within(file, "top_p", 0, 1),
            MinP = Within(file, "min_p", 0, 1),
            RepetitionPenalty = file.Positive("repetition_penalty"),
            StopTokens = file["eos_token_id"] switch
            {
                null => [],
                JArray => file.Indices("eos_token_id") ?? [],
                _ => [file.Index("eos_token_id", 0)],
            },
            NotComputed =
            [
                .. json.Properties()
                    .Where(property => !_read.Contains(property.Name) && Counts(property.Name, property.Value))
                    .Select(property => $"{property.Name} {ForeignValue.Shown(property.Value)}"),
            ],
        };
        return problems.Count == 0
            ? defaults
            : throw new UserErrorException($"{path}: {string.Join("; ", problems)}. Correct it, or delete the file.");
    }

    private static double? Within(ConfigSection file, string key, double min, double max)
    {
        if (file.Number(key) is not { } value || (value >= min && value <= max))
        {
            return file.Number(key);
        }

        var range = max < double.MaxValue ? $"from {min} to {max}" : $"{min} or more";
        file.Problems.Add($"{key} must be {range} but is {value}");
        return null;
    }

    private static bool Counts(string key, JToken value) => value.Type is JTokenType.Integer or JTokenType.Float
        ? (double)value != _neutral.GetValueOrDefault(key, 0)
        : ForeignValue.IsOn(value);
}
