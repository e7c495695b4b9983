namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Whose preprocessing is followed where the published programs differ: sizes, the choice of frames, their sizes.
/// </summary>
public enum MediaRule
{
    /// <summary>The model's own processor alone, as transformers runs it.</summary>
    Transformers,

    /// <summary>
    /// qwen-vl-utils 0.0.11 and later first, then the model's processor: what the published reward models' scripts do.
    /// </summary>
    QwenVlUtils,

    /// <summary>The same with qwen-vl-utils 0.0.8, which rounds the number of frames to even instead of down.</summary>
    QwenVlUtils008,

    /// <summary>
    /// MM-Reward's: a picture with a side below 28 pixels is enlarged to 28 first, then the model's processor.
    /// </summary>
    MmReward,
}
