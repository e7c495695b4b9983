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
    /// <param name="defaultTheta">The base that a file without one means.</param>
    internal static RotaryConfig Read(ConfigSection decoder, int maxPositions, double defaultTheta = 10_000)
    {
        var rope = decoder.Section("rope_parameters") ?? decoder.Section("rope_scaling") ?? new([], decoder.Problems);
        double Number(string key, double otherwise) => (double?)rope[key] ?? otherwise;
        var name = (string?)(rope["rope_type"] ?? rope["type"]) ?? "default";
        if (!_kinds.TryGetValue(name, out var kind))
        {
            decoder.Problems.Add($"rotary scaling {name} is not computed; {string.Join(", ", _kinds.Keys)} are");
        }

        if ((double?)(rope["partial_rotary_factor"] ?? decoder["partial_rotary_factor"]) is { } share and not 1)
        {
            decoder.Problems.Add($"partial_rotary_factor {share} is not computed; 1 is");
        }

        var plain = new RotaryConfig();
        var original = kind is RotaryKind.Yarn or RotaryKind.Llama3
            ? Number("original_max_position_embeddings", maxPositions)
            : plain.OriginalPositions;
        return new RotaryConfig
        {
            Kind = kind,
            Theta = (double?)(rope["rope_theta"] ?? decoder["rope_theta"]) ?? defaultTheta,
            Factor = Number("factor", kind == RotaryKind.Yarn ? maxPositions / original : plain.Factor),
            OriginalPositions = original,
            BetaFast = Number("beta_fast", plain.BetaFast),
            BetaSlow = Number("beta_slow", plain.BetaSlow),
            Truncate = (bool?)rope["truncate"] ?? plain.Truncate,
            AttentionFactor = (double?)rope["attention_factor"],
            Mscale = (double?)rope["mscale"],
            MscaleAllDim = (double?)rope["mscale_all_dim"],
            LowFrequencyFactor = Number("low_freq_factor", plain.LowFrequencyFactor),
            HighFrequencyFactor = Number("high_freq_factor", plain.HighFrequencyFactor),
        };
    }
}
