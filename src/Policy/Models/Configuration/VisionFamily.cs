namespace R1Reward.Policy.Models.Configuration;

/// <summary>The kinds of vision tower that are computed.</summary>
public enum VisionFamily
{
    /// <summary>Qwen2-VL: layer norms, a two-layer MLP with quick GELU, full attention within each frame.</summary>
    Qwen2,

    /// <summary>Qwen2.5-VL: RMS norms, a gated SiLU MLP, attention within windows except in a few blocks.</summary>
    Qwen25,
}
