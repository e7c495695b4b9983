namespace R1Reward.Policy.Models.Configuration;

/// <summary>What a <c>config.json</c> may ask for and this program does not compute, by name.</summary>
internal static class ModelConfigRefusals
{
    /// <summary>Settings that would change the numbers and are not computed.</summary>
    /// <param name="whole">The whole file.</param>
    /// <param name="decoder">Its part about the decoder, which may be the file itself.</param>
    internal static IEnumerable<string> Unsupported(ConfigSection whole, ConfigSection decoder)
    {
        var type = (string?)whole["model_type"];
        string[] known =
        [
            .. ModelFamily.All.Select(family => family.ModelType),
            .. VisionFamily.All.Select(family => family.ModelType),
        ];
        if (!known.Contains(type))
        {
            var computed = string.Join(", ", known);
            yield return $"model_type {type ?? "(none)"} is not known; this program computes {computed}";
        }

        if (whole.Section("quantization_config") is { } quantized)
        {
            var method = quantized["quant_method"] ?? "of an unnamed method";
            yield return $"quantised weights ({method}) are not computed; use the model that they were made from";
        }

        if ((string?)decoder["hidden_act"] is { } activation and not "silu")
        {
            yield return $"hidden_act {activation} is not computed; silu is";
        }

        if (type == ModelFamily.Qwen3Moe.ModelType && (bool?)decoder["use_sliding_window"] == true)
        {
            yield return "use_sliding_window is not computed for models with experts; false is";
        }

        if ((bool?)decoder["mlp_bias"] == true)
        {
            yield return "mlp_bias is not computed; false is";
        }
    }

    /// <summary>
    /// Sizes that do not fit each other; at most one is named, since the later ones may follow from it.
    /// </summary>
    internal static IEnumerable<string> Contradictions(ModelConfig config)
    {
        if (config.KeyValueHeads < 1 || config.Heads % config.KeyValueHeads != 0)
        {
            return [$"num_attention_heads {config.Heads} is no multiple of num_key_value_heads {config.KeyValueHeads}"];
        }

        if (config.HeadSize % 2 != 0)
        {
            return [$"head size {config.HeadSize} is odd; rotary positions need pairs"];
        }

        if (config.Vision is { } vision
            && (vision.OutputWidth != config.HiddenSize || vision.RotarySections.Sum() != config.HeadSize / 2))
        {
            var sections = string.Join(", ", vision.RotarySections);
            return
            [
                $"the tower's output {vision.OutputWidth} and mrope_section {sections} do not fit "
                + $"hidden_size {config.HiddenSize} and head size {config.HeadSize}",
            ];
        }

        return [];
    }
}
