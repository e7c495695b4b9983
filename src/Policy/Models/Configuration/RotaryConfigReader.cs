using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads the rotary settings of a <c>config.json</c>: <c>rope_parameters</c>, or the older <c>rope_theta</c> and
/// <c>rope_scaling</c>.
/// </summary>
internal static class RotaryConfigReader
{
    private static readonly Dictionary<string, RotaryKind> _kinds = new()
    {
        ["default"] = RotaryKind.Default,
        ["mrope"] = RotaryKind.Default,
        ["linear"] = RotaryKind.Linear,
        ["yarn"] = RotaryKind.Yarn,
        ["llama3"] = RotaryKind.Llama3,
    };

    /// <summary>Reads either spelling; what cannot be computed becomes a problem of the section.</summary>
    /// <param name="decoder">The part of the file about the decoder.</param>
    /// <param name="maxPositions">Its <c>max_position_embeddings</c>.</param>
    /// <param name="family">The family of the tower whose output the decoder reads; null: it reads text.</param>
    internal static RotaryConfig Read(ConfigSection decoder, int maxPositions, VisionFamily? family = null)
    {
        var rope = decoder.Section("rope_parameters") ?? decoder.Section("rope_scaling") ?? new([], decoder.Problems);
        var name = rope.Text("rope_type") ?? rope.Text("type") ?? "default";
        if (!_kinds.TryGetValue(name, out var kind))
        {
            decoder.Problems.Add($"rotary scaling {name} is not computed; {string.Join(", ", _kinds.Keys)} are");
        }

        ModelConfigKeys.CheckRotary(rope, family);
        if (decoder["rope_parameters"] is { } later && decoder["rope_scaling"] is { } earlier
            && !JToken.DeepEquals(later, earlier))
        {
            decoder.Problems.Add(
                "rope_parameters and rope_scaling are both there and differ; releases of transformers do not agree "
                + "on which of them counts: leave one out");
        }

        if ((rope.Number("partial_rotary_factor") ?? decoder.Number("partial_rotary_factor")) is { } share and not 1)
        {
            decoder.Problems.Add($"partial_rotary_factor {share} is not computed; 1 is");
        }

        if (kind is RotaryKind.Linear or RotaryKind.Llama3 && rope["factor"] is null)
        {
            decoder.Problems.Add($"{rope.Prefix}factor is missing, which rotary scaling {name} goes by");
        }

        var plain = new RotaryConfig();
        var original = kind is RotaryKind.Yarn or RotaryKind.Llama3
            ? rope.Positive("original_max_position_embeddings") ?? maxPositions
            : plain.OriginalPositions;
        var config = new RotaryConfig
        {
            Kind = kind,
            Theta = rope.Positive("rope_theta") ?? decoder.Positive("rope_theta") ?? DefaultTheta(decoder, family),
            Factor = rope.Positive("factor") ?? (kind == RotaryKind.Yarn ? maxPositions / original : plain.Factor),
            OriginalPositions = original,
            BetaFast = rope.Positive("beta_fast") ?? plain.BetaFast,
            BetaSlow = rope.Positive("beta_slow") ?? plain.BetaSlow,
            Truncate = rope.Flag("truncate") ?? plain.Truncate,
            AttentionFactor = rope.Positive("attention_factor"),
            Mscale = rope.Number("mscale"),
            MscaleAllDim = rope.Number("mscale_all_dim"),
            LowFrequencyFactor = rope.Positive("low_freq_factor") ?? plain.LowFrequencyFactor,
            HighFrequencyFactor = rope.Positive("high_freq_factor") ?? plain.HighFrequencyFactor,
        };
        if (kind == RotaryKind.Llama3 && config.LowFrequencyFactor >= config.HighFrequencyFactor)
        {
            var (low, high) = (config.LowFrequencyFactor, config.HighFrequencyFactor);
            decoder.Problems.Add($"low_freq_factor {low} must be below high_freq_factor {high}");
        }

        return config;
    }

    /// <summary>
    /// The base that a file without one means: the default of Hugging Face's class, another one for models that see.
    /// </summary>
    private static double DefaultTheta(ConfigSection decoder, VisionFamily? family)
    {
        if (family is { DecoderTheta: null })
        {
            decoder.Problems.Add(
                $"{decoder.Prefix}rope_theta is missing; releases of transformers do not agree on what that means");
        }

        return family is null ? 10_000 : family.DecoderTheta ?? 0;
    }
}
