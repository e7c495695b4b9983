using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;

namespace R1Reward.Cli.Serving;

/// <summary>
/// Every field of a chat completion request that the server knows: those of OpenAI, vLLM, SGLang and llama.cpp. A
/// field that is not in this table is refused, since it could be meant to change the reply. docs/serving.md has the
/// table too.
/// </summary>
internal static class GrmFields
{
    private const int MaxShownLength = 60;

    private static readonly string[] _served =
    [
        "model", "messages", "n", "vote_k", "max_tokens", "max_completion_tokens", "min_tokens", "temperature", "top_p",
        "top_k", "min_p", "repetition_penalty", "stop", "seed", "stream", "stream_options", "logprobs", "top_logprobs",
    ];

    // From cache_prompt on they are llama.cpp's, which change at most something together with a field that is refused.
    private static readonly string[] _ignored =
    [
        "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention", "prompt_cache_options", "parallel_tool_calls", "prediction", "priority",
        "request_id", "rid", "cache_salt", "guided_decoding_backend", "separate_reasoning", "stream_reasoning",
        "include_reasoning", "data_parallel_rank", "session_id", "extra_key", "custom_labels", "ngram_corpus_id",
        "bootstrap_host", "bootstrap_port", "bootstrap_room", "routed_dp_rank", "disagg_prefill_dp_rank",
        "routed_experts_prompt_start", "routed_experts_start_len", "return_mm_kwargs", "stream_interval",
        "cache_prompt", "id_slot", "mirostat_tau", "mirostat_eta", "dry_base", "dry_allowed_length",
        "dry_penalty_last_n", "dry_sequence_breakers", "xtc_threshold", "dynatemp_exponent", "repeat_last_n",
        "adaptive_decay", "n_cache_reuse", "backend_sampling", "preserved_tokens", "parse_tool_calls",
        "speculative.n_max", "speculative.n_min", "speculative.p_min",
    ];

    private static readonly (string Name, string Neutral)[] _refused =
    [
        ("tools", "[]"),
        ("tool_choice", "\"none\", \"auto\""),
        ("functions", "[]"),
        ("function_call", "\"none\", \"auto\""),
        ("response_format", "{\"type\": \"text\"}"),
        ("logit_bias", "{}"),
        ("presence_penalty", "0"),
        ("frequency_penalty", "0"),
        ("modalities", "[\"text\"]"),
        ("audio", ""),
        ("reasoning_effort", ""),
        ("verbosity", ""),
        ("web_search_options", ""),
        ("moderation", ""),
        ("reasoning", "{}"),
        ("best_of", "1"),
        ("use_beam_search", "false"),
        ("length_penalty", "1"),
        ("early_stopping", "false"),
        ("stop_token_ids", "[]"),
        ("include_stop_str_in_output", "false"),
        ("ignore_eos", "false"),
        ("skip_special_tokens", "true"),
        ("spaces_between_special_tokens", "true"),
        ("truncate_prompt_tokens", ""),
        ("truncation_side", ""),
        ("prompt_logprobs", ""),
        ("allowed_token_ids", "[]"),
        ("bad_words", "[]"),
        ("echo", "false"),
        ("add_generation_prompt", "true"),
        ("continue_final_message", "false"),
        ("add_special_tokens", "false"),
        ("documents", "[]"),
        ("chat_template", ""),
        ("chat_template_kwargs", "{}"),
        ("mm_processor_kwargs", "{}"),
        ("media_io_kwargs", "{}"),
        ("structured_outputs", "{}"),
        ("guided_json", ""),
        ("guided_regex", ""),
        ("guided_choice", "[]"),
        ("guided_grammar", ""),
        ("guided_whitespace_pattern", ""),
        ("structural_tag", ""),
        ("logits_processors", "[]"),
        ("return_tokens_as_token_ids", "false"),
        ("return_token_ids", "false"),
        ("kv_transfer_params", "{}"),
        ("vllm_xargs", "{}"),
        ("ec_transfer_params", "{}"),
        ("watermarking", "false"),
        ("logprob_token_ids", "[]"),
        ("return_token_offsets", "false"),
        ("return_prompt_text", "false"),
        ("thinking_token_budget", ""),
        ("repetition_detection", ""),
        ("regex", ""),
        ("ebnf", ""),
        ("stop_regex", "[]"),
        ("no_stop_trim", "false"),
        ("lora_path", ""),
        ("session_params", "{}"),
        ("custom_logit_processor", ""),
        ("custom_params", "{}"),
        ("return_hidden_states", "false"),
        ("return_routed_experts", "false"),
        ("return_cached_tokens_details", "false"),
        ("return_prompt_token_ids", "false"),
        ("return_meta_info", "false"),
        ("task", ""),
        ("input_ids", ""),
        ("images_config", "{}"),
        ("min_dynamic_patch", ""),
        ("max_dynamic_patch", ""),
        ("use_audio_in_video", "false"),
        ("json_schema", ""),
        ("grammar", "\"\""),
        ("grammar_lazy", "false"),
        ("reasoning_format", "\"none\", \"auto\""),
        ("repeat_penalty", "1"),
        ("typical_p", "1"),
        ("top_a", "0"),
        ("tfs_z", "1"),
        ("top_n_sigma", "-1"),
        ("xtc_probability", "0"),
        ("dynatemp_range", "0"),
        ("mirostat", "0"),
        ("dry_multiplier", "0"),
        ("samplers", "[]"),
        ("min_keep", "0"),
        ("n_predict", "-1"),
        ("n_probs", "0"),
        ("n_keep", "0"),
        ("t_max_predict_ms", "0"),
        ("post_sampling_probs", "false"),
        ("timings_per_token", "false"),
        ("return_progress", "false"),
        ("return_tokens", "false"),
        ("n_cmpl", "1"),
        ("n_indent", "0"),
        ("n_discard", "0"),
        ("response_fields", "[]"),
        ("lora", "[]"),
        ("adaptive_target", "-1"),
        ("grammar_triggers", "[]"),
        ("chat_format", ""),
        ("reasoning_in_content", "false"),
        ("reasoning_budget", "-1"),
        ("thinking_forced_open", "false"),
    ];

    /// <summary>Every known field, in the order of the manual.</summary>
    public static IReadOnlyList<GrmField> All { get; } =
    [
        .. _served.Select(name => new GrmField(name, FieldUse.Served)),
        .. _refused.Select(field => new GrmField(field.Name, FieldUse.Refused, field.Neutral)),
        .. _ignored.Select(name => new GrmField(name, FieldUse.Ignored)),
    ];

    private static readonly Dictionary<string, GrmField> _byName =
        All.ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>Refuses a body with a field that is not served or not known; null counts as left out.</summary>
    /// <exception cref="RefusedException">400 with the name of the field.</exception>
    public static void Check(JObject body)
    {
        foreach (var (name, value) in body)
        {
            if (value is null or { Type: JTokenType.Null })
            {
                continue;
            }

            if (!_byName.TryGetValue(name, out var field))
            {
                var shown = name.Length <= MaxShownLength ? name : name[..MaxShownLength] + "...";
                throw new RefusedException(
                    400, $"{shown} is not known to this server and could change the reply: leave it out");
            }

            if (!field.Allows(value))
            {
                var neutral = field.Neutral.Replace("\", \"", "\" or \"", StringComparison.Ordinal);
                var instead = neutral.Length > 0 ? $", or send {neutral}" : "";
                throw new RefusedException(400, $"{name} is not served: leave it out{instead}");
            }
        }
    }
}
