namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// How transparency and a camera's orientation note become plain colours. Palettes are looked up, grey is copied to
/// three channels, 16-bit grey is clipped at 255 and other 16-bit channels keep their high byte under each rule.
/// </summary>
public enum ColourRule
{
    /// <summary>
    /// Transparency is laid on white: what the image processors of current transformers releases do with an undecoded
    /// picture.
    /// </summary>
    OnWhite,

    /// <summary>Transparency is dropped: the original Qwen2-VL release and qwen-vl-utils 0.0.8.</summary>
    Plain,

    /// <summary>
    /// Transparency is dropped and the EXIF orientation applied: what transformers does when it opens a path itself.
    /// </summary>
    Upright,
}
