namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// The keys of a <c>config.json</c> that readers here follow or that change no number of a forward pass. Dropouts are
/// among them: they act in training alone, and nothing here drops but a LoRA adapter.
/// </summary>
internal static class KnownConfigKeys
{
    private const string Followed =
        """
        model_type architectures text_config vision_config vocab_size hidden_size intermediate_size num_hidden_layers
        num_attention_heads num_key_value_heads head_dim max_position_embeddings rms_norm_eps rope_theta rope_scaling
        rope_parameters partial_rotary_factor attention_bias use_sliding_window sliding_window max_window_layers
        layer_types tie_word_embeddings num_labels id2label initializer_range hidden_act image_token_id video_token_id
        vision_start_token_id vision_end_token_id audio_token_id audio_token_index image_token_index video_token_index
        audio_config position_id_per_seconds num_experts num_local_experts num_experts_per_tok moe_intermediate_size
        norm_topk_prob decoder_sparse_step mlp_only_layers quantization_config is_causal r1reward_scalar
        """;

    /// <summary>Names, origins, formats, marks of tools, and losses that are not trained with here.</summary>
    private const string Harmless =
        """
        _name_or_path name_or_path transformers_version torch_dtype dtype use_cache auto_map label2id problem_type
        finetuning_task task_specific_params tokenizer_class processor_class prefix return_dict return_dict_in_generate
        output_attentions output_hidden_states output_scores output_router_logits router_aux_loss_coef torchscript
        use_bfloat16 tf_legacy_loss is_decoder tie_encoder_decoder cross_attention_hidden_size pretraining_tp
        attention_dropout hidden_dropout hidden_dropout_prob attention_probs_dropout_prob resid_pdrop embd_pdrop
        attn_pdrop classifier_dropout dropout bos_token_id eos_token_id pad_token_id sep_token_id unk_token_id
        audio_start_token_id audio_end_token_id user_token_id seconds_per_chunk ignore_index init_std
        decoder_start_token_id forced_bos_token_id forced_eos_token_id vision_token_id unsloth_fixed
        unsloth_version model_name model_max_length attn_implementation
        _attn_implementation _attn_implementation_autoset _flash_attn_2_enabled transformers.js_config
        dual_chunk_attention_config
        """;

    /// <summary>What releases before 4.41 wrote of sampling; it is proposed in generation_config.json since.</summary>
    private const string Sampling =
        """
        max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature top_k
        top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size
        bad_words_ids num_return_sequences remove_invalid_values exponential_decay_length_penalty suppress_tokens
        begin_suppress_tokens
        """;

    /// <summary>The keys that may stand in a <c>config.json</c> without a change of what is computed.</summary>
    internal static IReadOnlySet<string> All { get; } =
        Split(Followed).Concat(Split(Harmless)).Concat(Split(Sampling)).ToHashSet();

    /// <summary>
    /// The keys that a <c>vision_config</c> may have beyond those: sizes, and <c>spatial_patch_size</c>, which the
    /// first release wrote and no release read.
    /// </summary>
    internal static IReadOnlySet<string> Tower { get; } = Split(
        """
        depth embed_dim num_heads in_channels in_chans mlp_ratio patch_size temporal_patch_size spatial_merge_size
        spatial_patch_size out_hidden_size window_size fullatt_block_indexes tokens_per_second
        num_position_embeddings deepstack_visual_indexes
        """).ToHashSet();

    /// <summary>The keys that an <c>audio_config</c> may have: sizes, and dropouts, of which none acts here.</summary>
    internal static IReadOnlySet<string> Ears { get; } = Split(
        """
        encoder_layers d_model encoder_attention_heads encoder_ffn_dim num_mel_bins max_source_positions n_window
        output_dim activation_function scale_embedding activation_dropout encoder_layerdrop
        """).ToHashSet();

    private static IEnumerable<string> Split(string keys) =>
        keys.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
