using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// What a <c>config.json</c> may ask for and this program does not compute, by name; single keys that are off in every
/// model here are judged by <see cref="ModelConfigKeys"/>.
/// </summary>
internal static class ModelConfigRefusals
{
    /// <summary>Settings that would change the numbers and are not computed.</summary>
    /// <param name="whole">The whole file.</param>
    /// <param name="decoder">Its part about the decoder, which may be the file itself.</param>
    internal static IEnumerable<string> Unsupported(ConfigSection whole, ConfigSection decoder)
    {
        var type = whole.Text("model_type");
        string[] known =
        [
            .. ModelFamily.All.Select(family => family.ModelType),
            .. VisionFamily.All.Select(family => family.ModelType)
                .Union(AudioFamily.All.Select(family => family.ModelType)),
        ];
        if (!known.Contains(type))
        {
            yield return ForeignFamilies.Refusal(type, known);
        }

        if (whole["architectures"] is { } names && (names is not JArray { Count: > 0 } list
            || list.Any(name => name.Type != JTokenType.String)))
        {
            yield return $"architectures must be a list of class names but is {ForeignValue.Shown(names)}";
        }

        if (whole["quantization_config"] is { } quantized)
        {
            var method = (quantized as JObject)?["quant_method"] ?? "of an unnamed method";
            yield return $"quantised weights ({method}) are not computed; use the model that they were made from";
        }

        if (decoder.Text("hidden_act") is { } activation and not "silu")
        {
            yield return $"hidden_act {activation} is not computed; silu is";
        }

        foreach (var refusal in Windows(type, decoder))
        {
            yield return refusal;
        }
    }

    /// <summary>
    /// Sizes that do not fit each other; at most one is named, since the later ones may follow from it.
    /// </summary>
    internal static IEnumerable<string> Contradictions(ModelConfig config)
    {
        string?[] all =
        [
            Heads(config),
            config.Vision is { } vision ? Tower(config, vision) : null,
            config.Audio is { } audio && audio.OutputWidth != config.HiddenSize
                ? $"the audio tower's output {audio.OutputWidth} does not fit hidden_size {config.HiddenSize}"
                : null,
            config.Experts is { } experts ? Experts(config, experts) : null,
            Placeholders(config),
        ];
        return all.OfType<string>().Take(1);
    }

    private static IEnumerable<string> Windows(string? type, ConfigSection decoder)
    {
        var isOn = decoder.Flag("use_sliding_window");
        var family = VisionFamily.Find(type)?.Decoder ?? AudioFamily.Find(type)?.Decoder ?? ModelFamily.Find(type);
        if (family?.HasWindows ?? true)
        {
            yield break;
        }

        if (isOn == true)
        {
            yield return $"use_sliding_window is not computed for models of type {type}; false is";
        }
        else if (isOn is null && ForeignValue.IsOn(decoder["sliding_window"]))
        {
            var window = ForeignValue.Shown(decoder["sliding_window"]!);
            yield return $"sliding_window {window} is not computed for models of type {type}; "
                + "null is, or use_sliding_window false";
        }
    }

    private static string? Heads(ModelConfig config)
    {
        if (config.Heads % config.KeyValueHeads != 0)
        {
            return $"num_attention_heads {config.Heads} is no multiple of num_key_value_heads {config.KeyValueHeads}";
        }

        if (config.HeadSize < 2 || config.HeadSize % 2 != 0)
        {
            return $"head size {config.HeadSize} is odd or 0; rotary positions need pairs";
        }

        return (long)config.HeadSize * config.Heads > ConfigSection.MaxWidth
            ? $"{config.Heads} heads of size {config.HeadSize} are wider than any model"
            : null;
    }

    private static string? Experts(ModelConfig config, ExpertConfig experts)
    {
        const long most = 1 << 20;
        if (experts.PerToken > experts.Count)
        {
            return $"num_experts_per_tok {experts.PerToken} is more than the {experts.Count} experts";
        }

        return (long)experts.Count * config.Layers > most
            ? $"{experts.Count} experts in {config.Layers} layers are more than any model has"
            : null;
    }

    private static string? Tower(ModelConfig config, VisionConfig vision)
    {
        if (vision.DeepStackBlocks.Count > config.Layers)
        {
            return $"{vision.DeepStackBlocks.Count} blocks of the tower go into decoder layers, of which there are "
                + $"{config.Layers}";
        }

        var rotated = vision.RotarySections.Sum(size => (long)size);
        if (vision.OutputWidth == config.HiddenSize && rotated == config.HeadSize / 2)
        {
            return null;
        }

        var sections = string.Join(", ", vision.RotarySections);
        return $"the tower's output {vision.OutputWidth} and mrope_section {sections} do not fit "
            + $"hidden_size {config.HiddenSize} and head size {config.HeadSize}";
    }

    private static string? Placeholders(ModelConfig config)
    {
        var read = new ConfigSection(config.Source!, []);
        string[] needed = config.Vision?.Family switch
        {
            null => [],
            { ShowsTimes: true } => ["vision_start_token_id", "vision_end_token_id"],
            _ => [],
        };
        foreach (var key in ModelConfig.PlaceholderKeys.Union(needed))
        {
            var isAudio = key.StartsWith("audio", StringComparison.Ordinal);
            var isNeeded = needed.Contains(key)
                || (key == read.TokenKey(key.Split('_')[0])
                    && (isAudio ? config.Audio is not null : config.Vision is not null));
            if (read[key] is null ? isNeeded : !IsRow(read, key, config))
            {
                var found = read[key] is { } value ? ForeignValue.Shown(value) : "missing";
                return $"{key} must be an id below vocab_size {config.VocabularySize} but is {found}";
            }
        }

        return config.Media?.TokenIds.GroupBy(id => id).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"{read.TokenKey("image")}, {read.TokenKey("video")} and {read.TokenKey("audio")} have to differ, and "
                + $"two of them are {twice.Key}"
            : null;
    }

    private static bool IsRow(ConfigSection whole, string key, ModelConfig config) =>
        whole[key] is JValue { Type: JTokenType.Integer, Value: long id } && id >= 0 && id < config.VocabularySize;
}
