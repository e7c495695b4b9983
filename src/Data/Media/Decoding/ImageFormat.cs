namespace R1Reward.Data.Media.Decoding;

/// <summary>The picture formats that are decoded.</summary>
internal enum ImageFormat
{
    Png,
    Jpeg,
    Gif,
    WebP,
}
