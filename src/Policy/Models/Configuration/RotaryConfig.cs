namespace R1Reward.Policy.Models.Configuration;

/// <summary>How rotary frequencies follow from the base.</summary>
public sealed record RotaryConfig
{
    /// <summary>The rule by which frequencies follow; it says which of the other values are used.</summary>
    public RotaryKind Kind { get; init; }

    /// <summary>Base of the angles.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>How many times longer texts get; ignored by <see cref="RotaryKind.Default"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Tokens of the longest text before it was stretched; used by YaRN and llama3.</summary>
    public double OriginalPositions { get; init; }

    /// <summary>YaRN: pairs that turn more often than this over the original length keep their frequency.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: pairs that turn less often than this are slowed by the whole factor.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ends of the ramp are rounded to whole pairs.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN: what cosines and sines are multiplied by; null: it follows from the factor.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>
    /// YaRN: what the numerator of that multiplier follows from, where both this and <see cref="MscaleAllDim"/> are
    /// given and not 0.
    /// </summary>
    public double? Mscale { get; init; }

    /// <summary>YaRN: what the denominator of that multiplier follows from.</summary>
    public double? MscaleAllDim { get; init; }

    /// <summary>llama3: waves longer than the original length over this are slowed by the whole factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>llama3: waves shorter than the original length over this stay as they are.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Tokens that the original length is stretched to.</summary>
    internal int StretchedPositions => (int)Math.Min(Factor * OriginalPositions, int.MaxValue);
}
