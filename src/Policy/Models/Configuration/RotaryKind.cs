namespace R1Reward.Policy.Models.Configuration;

/// <summary>Rules by which rotary frequencies follow from the base.</summary>
public enum RotaryKind
{
    /// <summary>Powers of the base (Su et al. 2021).</summary>
    Default,

    /// <summary>All frequencies slowed by the factor: position interpolation (Chen et al. 2023).</summary>
    Linear,

    /// <summary>
    /// YaRN (Peng et al. 2023): fast pairs stay, slow ones are slowed, a ramp between, and sharper attention.
    /// </summary>
    Yarn,

    /// <summary>The rule of Llama 3.1: as YaRN but by wavelength, and attention is not sharpened.</summary>
    Llama3,
}
