namespace R1Reward.Data.Media;

/// <summary>The formats of sounds that requests carry, told by the first bytes of a file.</summary>
public static class SoundFormat
{
    /// <summary>For example <c>wav</c>; null for a file of none of the formats.</summary>
    public static string? NameOf(ReadOnlySpan<byte> file) => file switch
    {
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] =>
            "wav",
        [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => "flac",
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "ogg",
        [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..] => "mp3",
        _ => null,
    };
}
