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
    /// <summary>Largest side of a patch, a group or a pixel: a file that asks for more is broken.</summary>
    private const int MaxSide = 1024;

    private const string DeepStack = "deepstack_visual_indexes";

    /// <summary>Reads the vision side; null where the model reads text only.</summary>
    /// <param name="whole">The whole file.</param>
    /// <param name="decoder">Its part about the decoder, which may be the file itself.</param>
    internal static VisionConfig? Read(ConfigSection whole, ConfigSection decoder)
    {
        if (VisionFamily.Find(whole.Text("model_type")) is not { } family)
        {
            return null;
        }

        if (whole.Section("vision_config") is not { } vision)
        {
            whole.Problems.Add("vision_config is missing");
            return null;
        }

        // A family whose files state every size has no defaults to fall back to.
        int? Usual(int size) => family.IsWhole ? null : size;
        var width = vision.Size(family.WidthKey, Usual(family.DefaultWidth));
        var hasRatio = !family.HasGatedMlp && !family.IsWhole;
        var config = new VisionConfig
        {
            Family = family,
            Depth = vision.Size("depth", Usual(32), ConfigSection.MaxCount),
            Width = width,
            OutputWidth = vision.Size(family.OutputWidthKey, Usual(3584)),
            Heads = vision.Size("num_heads", Usual(16), ConfigSection.MaxCount),
            IntermediateSize = hasRatio
                ? (int)Math.Min(width * (vision.Positive("mlp_ratio") ?? 4), ConfigSection.MaxWidth)
                : vision.Size("intermediate_size", Usual(3420)),
            PatchSize = vision.Size("patch_size", Usual(14), MaxSide),
            TemporalPatchSize = vision.Size("temporal_patch_size", Usual(2), MaxSide),
            MergeSize = vision.Size("spatial_merge_size", Usual(2), MaxSide),
            Channels = vision.Size(vision["in_channels"] is null ? "in_chans" : "in_channels", 3, MaxSide),
            WindowSize = family.HasWindows ? vision.Index("window_size", 112) : 0,
            FullAttentionBlocks = family.HasWindows
                ? vision.Indices("fullatt_block_indexes") ?? [7, 15, 23, 31]
                : [],
            PositionsPerSide = family.HasPositionTable ? Side(vision) : 0,
            DeepStackBlocks = family.HasDeepStack ? vision.Indices(DeepStack) ?? [] : [],
            TokensPerSecond = family switch
            {
                { HasOwnTimeRule: true } => whole.Number("position_id_per_seconds") ?? 25,
                { HasVideoTime: true } => vision.Number("tokens_per_second") ?? 4,
                _ => 0,
            },
            RotarySections = Sections(decoder),
            ImageTokenId = whole.Index(whole.TokenKey("image"), -1),
            VideoTokenId = whole.Index(whole.TokenKey("video"), -1),
            GroupTokenIds = family.ShowsTimes
                ? (whole.Index("vision_start_token_id", -1), whole.Index("vision_end_token_id", -1))
                : default,
        };
        ModelConfigKeys.CheckVision(vision, family);
        whole.Problems.AddRange(Refusals(config, vision).ToList());
        return config;
    }

    private static int[] Sections(ConfigSection decoder)
    {
        var rope = decoder.Section("rope_parameters") ?? decoder.Section("rope_scaling");
        return rope?.Indices("mrope_section") ?? [];
    }

    /// <summary>The side of the square of learned positions, of which files state the number.</summary>
    private static int Side(ConfigSection vision)
    {
        const string key = "num_position_embeddings";
        var count = vision.Size(key, max: MaxSide * MaxSide);
        var side = (int)Math.Round(Math.Sqrt(count));
        if (side * side != count)
        {
            vision.Problems.Add($"{vision.Prefix}{key} {count} is not computed; a square number is");
        }

        return side;
    }

    /// <summary>What a tower asks for that cannot be computed.</summary>
    private static IEnumerable<string> Refusals(VisionConfig config, ConfigSection vision)
    {
        var activation = config.Family.Activation;
        if (vision.Text("hidden_act") is { } named && named != activation)
        {
            yield return $"vision_config.hidden_act {named} is not computed; {activation} is";
        }

        if (config.Heads > 0 && (config.Width % config.Heads != 0 || config.HeadSize % 4 != 0))
        {
            yield return
                $"vision width {config.Width} does not divide into {config.Heads} heads of a size that four divides";
        }

        var token = config.PatchSize * config.MergeSize;
        if (config.WindowSize > 0 && token > 0 && config.WindowSize % token != 0)
        {
            yield return $"vision_config.window_size {config.WindowSize} is no multiple of {token} pixels, one token";
        }

        if (config.TokensPerSecond < 0)
        {
            yield return $"vision_config.tokens_per_second {config.TokensPerSecond} is below 0";
        }

        var beyond = config.FullAttentionBlocks.Where(block => block >= config.Depth).ToList();
        if (beyond.Count > 0 && vision["fullatt_block_indexes"] is not null)
        {
            yield return $"vision_config.fullatt_block_indexes names the blocks {string.Join(", ", beyond)}, "
                + $"but depth is {config.Depth}";
        }

        var deep = config.DeepStackBlocks;
        if (config.Family.HasDeepStack && (vision[DeepStack] is null
            || deep.Zip(deep.Skip(1).Append(config.Depth)).Any(pair => pair.First >= pair.Second)))
        {
            var found = vision[DeepStack] is { } value ? ForeignValue.Shown(value) : "missing";
            yield return $"vision_config.{DeepStack} must be rising numbers of blocks below depth {config.Depth} "
                + $"but is {found}";
        }

        if (config.RotarySections.Count != 3)
        {
            yield return "mrope_section must have three parts: time, row, column";
        }
    }
}
