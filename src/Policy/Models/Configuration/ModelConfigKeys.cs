using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Judges the keys of a <c>config.json</c> that no reader follows. Those that other architectures compute with must be
/// off; those that change nothing are read over; what nobody here knows is named to the user, because files on the Hub
/// carry notes of many tools, and the tensors of an unknown architecture do not fit anyway.
/// </summary>
internal static class ModelConfigKeys
{
    /// <summary>Keys that change the numbers and must be off: null, false, 0 or empty.</summary>
    private static readonly string[] _off =
    [
        "compression_config",
        "mlp_bias",
        "use_bias",
        "add_cross_attention",
        "is_encoder_decoder",
        "use_bidirectional_attention",
        "bidirectional",
        "final_logit_softcapping",
        "attn_logit_softcapping",
        "logit_softcapping",
        "query_pre_attn_scalar",
        "attention_multiplier",
        "alibi",
        "use_alibi",
        "parallel_attn",
        "use_parallel_residual",
        "no_rope_layers",
        "no_rope_layer_interval",
        "nope_layer_interval",
        "attention_chunk_size",
        "use_logn_attn",
        "use_dynamic_ntk",
        "use_mrope",
        "shared_expert_intermediate_size",
        "n_shared_experts",
        "num_shared_experts",
        "n_routed_experts",
        "first_k_dense_replace",
        "q_lora_rank",
        "kv_lora_rank",
        "post_norm",
        "use_post_norm",
        "sandwich_norm",
        "pruned_heads",
        "chunk_size_feed_forward",
        "cla_share_factor",
        "attn_temperature_tuning",
        "rope_interleave",
        "rope_interleaved",
    ];

    /// <summary>Multipliers that must be 1.</summary>
    private static readonly string[] _one =
    [
        "residual_multiplier",
        "embedding_multiplier",
        "logits_scaling",
        "logit_scale",
        "scale_emb",
        "scale_depth",
        "routed_scaling_factor",
        "rotary_pct",
        "rotary_percent",
        "n_group",
        "topk_group",
    ];

    /// <summary>Norms of queries and keys under the names of other architectures.</summary>
    private static readonly string[] _queryKeyNorms = ["use_qk_norm", "qk_norm", "qk_layernorm"];

    private static readonly string[] _experts = ["num_experts", "num_local_experts"];

    private static readonly HashSet<string> _rotary =
    [
        "rope_type",
        "type",
        "rope_theta",
        "factor",
        "original_max_position_embeddings",
        "beta_fast",
        "beta_slow",
        "truncate",
        "attention_factor",
        "mscale",
        "mscale_all_dim",
        "low_freq_factor",
        "high_freq_factor",
        "mrope_section",
        "partial_rotary_factor",
        "mrope_interleaved",
        "finetuned",
    ];

    /// <summary>Refuses what the decoder's or the whole file's keys ask for beyond what is computed.</summary>
    internal static void Check(ConfigSection section, ModelFamily family)
    {
        foreach (var key in _off.Where(key => IsOn(section, key)))
        {
            Refuse(section, key, "null or false is");
        }

        foreach (var key in _one.Where(key => IsOn(section, key) && !Is(section, key, 1)))
        {
            Refuse(section, key, "1 is");
        }

        foreach (var key in _queryKeyNorms.Where(key => section[key] is not null))
        {
            if (IsOn(section, key) != family.QueryKeyNorm)
            {
                var such = family.QueryKeyNorm ? "such" : "no such";
                Refuse(section, key, $"models of type {family.ModelType} have {such} norms");
            }
        }

        foreach (var key in _experts.Where(key => !family.HasExperts && IsOn(section, key) && !Is(section, key, 1)))
        {
            Refuse(section, key, $"models of type {family.ModelType} are dense");
        }

        if (section.Flag("is_causal") == false)
        {
            Refuse(section, "is_causal", "true is");
        }
    }

    /// <summary>Refuses rotary settings beyond the known: each of them changes the angles.</summary>
    /// <param name="rope">The settings.</param>
    /// <param name="family">The family of the tower that shares them; null where there is none.</param>
    internal static void CheckRotary(ConfigSection rope, VisionFamily? family)
    {
        const string interleaved = "mrope_interleaved";
        var interleaves = family?.InterleavesAxes == true;
        if (rope[interleaved] is not null && rope.Flag(interleaved) != interleaves)
        {
            Refuse(rope, interleaved, interleaves ? "true is" : "false is");
        }

        foreach (var key in rope.Json.Properties().Select(property => property.Name).Where(key => IsOn(rope, key)))
        {
            if (!_rotary.Contains(key))
            {
                Refuse(rope, key, "rotary settings without it are");
            }
        }
    }

    /// <summary>Refuses what a tower asks for beyond what is computed.</summary>
    internal static void CheckVision(ConfigSection vision, VisionFamily family)
    {
        const double theta = 10_000;
        const string deepStack = "deepstack_visual_indexes";
        Check(vision, ModelFamily.Qwen2);
        if (!family.HasDeepStack && IsOn(vision, deepStack))
        {
            Refuse(vision, deepStack, "null or an empty list is");
        }

        foreach (var section in new[] { vision, vision.Section("rope_parameters") }.OfType<ConfigSection>())
        {
            if (section["rope_theta"] is not null && !Is(section, "rope_theta", theta))
            {
                Refuse(section, "rope_theta", $"{theta} is");
            }
        }

        if (vision.Section("rope_parameters") is { } rope)
        {
            foreach (var key in rope.Json.Properties().Select(property => property.Name).Where(key => IsOn(rope, key)))
            {
                if (key != "rope_theta" && !(key == "rope_type" && rope.Text(key) is "default" or "axial"))
                {
                    Refuse(rope, key, "angles by row and column are");
                }
            }
        }
    }

    /// <summary>
    /// Keys of the file, and of its parts about decoder and tower, that are set and have no known meaning.
    /// </summary>
    internal static string[] Unknown(ConfigSection whole, ConfigSection decoder, bool sees)
    {
        var tower = sees && whole["vision_config"] is JObject vision ? Set(vision) : [];
        var ears = whole["audio_config"] is JObject audio ? Set(audio) : [];
        return new[] { whole, decoder }.Distinct()
            .SelectMany(section => Set(section.Json))
            .Except(KnownConfigKeys.All)
            .Concat(tower
                .Except([.. KnownConfigKeys.All, .. KnownConfigKeys.Tower])
                .Select(key => "vision_config." + key))
            .Concat(ears
                .Except([.. KnownConfigKeys.All, .. KnownConfigKeys.Ears])
                .Select(key => "audio_config." + key))
            .ToArray();

        static IEnumerable<string> Set(JObject part) => part.Properties()
            .Where(property => ForeignValue.IsOn(property.Value))
            .Select(property => property.Name)
            .Except([.. _off, .. _one, .. _queryKeyNorms]);
    }

    private static bool IsOn(ConfigSection section, string key) =>
        ForeignValue.IsOn(section[key]) && !Is(section, key, 0);

    private static bool Is(ConfigSection section, string key, double value) =>
        section[key] is { Type: JTokenType.Integer or JTokenType.Float } found && (double)found == value;

    private static void Refuse(ConfigSection section, string key, string computed) =>
        section.Problems.Add($"{section.Prefix}{key} {ForeignValue.Shown(section[key]!)} is not computed; {computed}");
}
