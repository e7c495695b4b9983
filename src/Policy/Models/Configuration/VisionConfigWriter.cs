using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>Writes the vision side of a <c>config.json</c>.</summary>
internal static class VisionConfigWriter
{
    /// <summary>Writes the values of a tower over the keys of a file.</summary>
    /// <param name="config">The tower.</param>
    /// <param name="whole">The whole file.</param>
    internal static void Write(VisionConfig config, JObject whole)
    {
        var family = config.Family;
        var vision = whole["vision_config"] as JObject ?? [];
        whole["vision_config"] = vision;
        vision["depth"] = config.Depth;
        vision["num_heads"] = config.Heads;
        vision[vision.ContainsKey("in_chans") ? "in_chans" : "in_channels"] = config.Channels;
        vision["patch_size"] = config.PatchSize;
        vision["temporal_patch_size"] = config.TemporalPatchSize;
        vision["spatial_merge_size"] = config.MergeSize;
        vision[family.WidthKey] = config.Width;
        vision[family.OutputWidthKey] = config.OutputWidth;
        if (family.HasGatedMlp || family.IsWhole)
        {
            vision["intermediate_size"] = config.IntermediateSize;
        }
        else
        {
            vision["mlp_ratio"] ??= config.IntermediateSize / (double)config.Width;
        }

        if (family.HasWindows)
        {
            vision["window_size"] = config.WindowSize;
            vision["fullatt_block_indexes"] = new JArray(config.FullAttentionBlocks);
        }

        if (family.HasOwnTimeRule)
        {
            whole["position_id_per_seconds"] = config.TokensPerSecond % 1 == 0
                ? new JValue((long)config.TokensPerSecond)
                : new JValue(config.TokensPerSecond);
        }
        else if (family.HasVideoTime)
        {
            vision["tokens_per_second"] = config.TokensPerSecond;
        }

        if (family.HasPositionTable)
        {
            vision["num_position_embeddings"] = config.PositionsPerSide * config.PositionsPerSide;
        }

        if (family.HasDeepStack)
        {
            vision["deepstack_visual_indexes"] = new JArray(config.DeepStackBlocks);
        }

        // Published files of Qwen2-VL state no activation. The key comes last so that the bytes stay the same.
        if (family.HasGatedMlp || family.IsWhole)
        {
            vision["hidden_act"] = family.Activation;
        }

        if (family.ShowsTimes)
        {
            (whole["vision_start_token_id"], whole["vision_end_token_id"]) = config.GroupTokenIds;
        }

        var keys = new ConfigSection(whole, []);
        whole[keys.TokenKey("image")] = config.ImageTokenId;
        whole[keys.TokenKey("video")] = config.VideoTokenId;
    }
}
