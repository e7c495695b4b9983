namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads the vision side of a <c>config.json</c>, in the nested spelling of transformers 5 and in the flat one of the
/// published checkpoints alike.
/// </summary>
/// <remarks>
/// Releases of transformers before 4.52 save of a tower only what differs from their own defaults, so a fine-tuned 7B
/// model may say no more than <c>{"hidden_size": 1280, "in_chans": 3, "tokens_per_second": 2}</c>: what is missing is
/// that default.
/// </remarks>
internal static class VisionConfigReader
{
    /// <summary>Reads the vision side; null where the model reads text only.</summary>
    /// <param name="whole">The whole file.</param>
    /// <param name="decoder">Its part about the decoder, which may be the file itself.</param>
    internal static VisionConfig? Read(ConfigSection whole, ConfigSection decoder)
    {
        if (VisionFamily.Find((string?)whole["model_type"]) is not { } family)
        {
            return null;
        }

        if (whole.Section("vision_config") is not { } vision)
        {
            whole.Problems.Add("vision_config is missing");
            return null;
        }

        var width = vision.Size(family.WidthKey, family.DefaultWidth);
        var config = new VisionConfig
        {
            Family = family,
            Depth = vision.Size("depth", 32),
            Width = width,
            OutputWidth = vision.Size(family.OutputWidthKey, 3584),
            Heads = vision.Size("num_heads", 16),
            IntermediateSize = family.HasGatedMlp
                ? vision.Size("intermediate_size", 3420)
                : (int)(width * ((double?)vision["mlp_ratio"] ?? 4)),
            PatchSize = (int?)vision["patch_size"] ?? 14,
            TemporalPatchSize = (int?)vision["temporal_patch_size"] ?? 2,
            MergeSize = (int?)vision["spatial_merge_size"] ?? 2,
            Channels = (int?)(vision["in_channels"] ?? vision["in_chans"]) ?? 3,
            WindowSize = family.HasWindows ? (int?)vision["window_size"] ?? 112 : 0,
            FullAttentionBlocks = family.HasWindows
                ? vision["fullatt_block_indexes"]?.ToObject<int[]>() ?? [7, 15, 23, 31]
                : [],
            TokensPerSecond = family.HasVideoTime ? (double?)vision["tokens_per_second"] ?? 4 : 0,
            RotarySections = Sections(decoder),
            ImageTokenId = whole.Size("image_token_id"),
            VideoTokenId = whole.Size("video_token_id"),
        };
        whole.Problems.AddRange(Refusals(config, vision));
        return config;
    }

    private static int[] Sections(ConfigSection decoder)
    {
        var rope = decoder.Section("rope_parameters") ?? decoder.Section("rope_scaling");
        return rope?["mrope_section"]?.ToObject<int[]>() ?? [];
    }

    /// <summary>What a tower asks for that cannot be computed.</summary>
    private static IEnumerable<string> Refusals(VisionConfig config, ConfigSection vision)
    {
        var activation = config.Family.Activation;
        if ((string?)vision["hidden_act"] is { } named && named != activation)
        {
            yield return $"vision_config.hidden_act {named} is not computed; {activation} is";
        }

        if (config.Heads > 0 && (config.Width % config.Heads != 0 || config.HeadSize % 4 != 0))
        {
            yield return
                $"vision width {config.Width} does not divide into {config.Heads} heads of a size that four divides";
        }

        var token = config.PatchSize * config.MergeSize;
        if (config.WindowSize > 0 && config.WindowSize % token != 0)
        {
            yield return $"vision_config.window_size {config.WindowSize} is no multiple of {token} pixels, one token";
        }

        if (config.RotarySections.Count != 3)
        {
            yield return "mrope_section must have three parts: time, row, column";
        }
    }
}
