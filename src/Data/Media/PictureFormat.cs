namespace R1Reward.Data.Media;

/// <summary>The formats of pictures that are decoded here, told by the first bytes of a file.</summary>
public static class PictureFormat
{
    /// <summary>For example <c>image/png</c>; null for a file of none of the four formats.</summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
            "image/webp",
        _ => null,
    };
}
