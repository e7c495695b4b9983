using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>How rotary frequencies follow from the base, as <c>rope_parameters</c> or the older <c>rope_theta</c> and <c>rope_scaling</c> state it.</summary>
public sealed record RotaryConfig
{
    private static readonly Dictionary<string, RotaryKind> _kinds = new()
    {
        ["default"] = RotaryKind.Default,
        ["mrope"] = RotaryKind.Default,
        ["linear"] = RotaryKind.Linear,
        ["yarn"] = RotaryKind.Yarn,
        ["llama3"] = RotaryKind.Llama3,
    };

    /// <summary>The rule.</summary>
    public RotaryKind Kind { get; init; }

    /// <summary>Base of the angles.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>How many times longer texts get; not used by <see cref="RotaryKind.Default"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Longest text before it was stretched; used by YaRN and llama3.</summary>
    public double OriginalPositions { get; init; }

    /// <summary>YaRN: pairs that turn more often than this over the original length keep their frequency.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: pairs that turn less often than this are slowed by the whole factor.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ends of the ramp are rounded to whole pairs.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN: what cosines and sines are multiplied by; null: it follows from the factor.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN: numerator of that quotient, where both this and <see cref="MscaleAllDim"/> are given and not 0.</summary>
    public double? Mscale { get; init; }

    /// <summary>YaRN: its denominator.</summary>
    public double? MscaleAllDim { get; init; }

    /// <summary>llama3: waves longer than the original length over this are slowed by the whole factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>llama3: waves shorter than the original length over this stay as they are.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Reads either spelling from a model's config; what cannot be computed goes to <paramref name="problems"/>.</summary>
    internal static RotaryConfig Parse(JObject json, int maxPositions, List<string> problems, double usualTheta = 10_000)
    {
        var rope = (json["rope_parameters"] as JObject) ?? (json["rope_scaling"] as JObject) ?? [];
        JToken? Given(string key) => rope[key] is { Type: not JTokenType.Null } value ? value : null;
        double Number(string key, double otherwise) => (double?)Given(key) ?? otherwise;
        var name = (string?)(Given("rope_type") ?? Given("type")) ?? "default";
        if (!_kinds.TryGetValue(name, out var kind))
        {
            problems.Add($"rotary scaling {name} is not computed; {string.Join(", ", _kinds.Keys)} are");
        }

        if ((double?)(Given("partial_rotary_factor") ?? json["partial_rotary_factor"]) is { } share and not 1)
        {
            problems.Add($"partial_rotary_factor {share} is not computed; 1 is");
        }

        var plain = new RotaryConfig();
        var original = kind is RotaryKind.Yarn or RotaryKind.Llama3 ? Number("original_max_position_embeddings", maxPositions) : plain.OriginalPositions;
        return new RotaryConfig
        {
            Kind = kind,
            Theta = (double?)(Given("rope_theta") ?? json["rope_theta"]) ?? usualTheta,
            Factor = Number("factor", kind == RotaryKind.Yarn ? maxPositions / original : plain.Factor),
            OriginalPositions = original,
            BetaFast = Number("beta_fast", plain.BetaFast),
            BetaSlow = Number("beta_slow", plain.BetaSlow),
            Truncate = (bool?)Given("truncate") ?? plain.Truncate,
            AttentionFactor = (double?)Given("attention_factor"),
            Mscale = (double?)Given("mscale"),
            MscaleAllDim = (double?)Given("mscale_all_dim"),
            LowFrequencyFactor = Number("low_freq_factor", plain.LowFrequencyFactor),
            HighFrequencyFactor = Number("high_freq_factor", plain.HighFrequencyFactor),
        };
    }
}

/// <summary>Rules for rotary frequencies.</summary>
public enum RotaryKind
{
    /// <summary>Powers of the base.</summary>
    Default,

    /// <summary>All slowed by the factor (position interpolation).</summary>
    Linear,

    /// <summary>YaRN (Peng et al. 2023): fast pairs stay, slow ones are slowed, a ramp between, and sharper attention.</summary>
    Yarn,

    /// <summary>The rule of Llama 3.1: the same by wavelength, without the sharpening.</summary>
    Llama3,
}
