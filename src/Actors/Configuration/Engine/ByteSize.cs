using Akka.Configuration;

namespace R1Reward.Actors.Configuration.Engine;

/// <summary>Reads sizes as the engine does, which multiplies without a look at overflow.</summary>
internal static class ByteSize
{
    private static readonly HashSet<long> Units =
    [
        1, 1000, 1000_000, 1000_000_000, 1000_000_000_000, 1000_000_000_000_000, 1000_000_000_000_000_000,
        1L << 10, 1L << 20, 1L << 30, 1L << 40, 1L << 50, 1L << 60,
    ];

    /// <summary>The bytes that a key names; null where it names none, or more than 64 bits hold.</summary>
    public static long? Read(Config config, string key)
    {
        var digits = string.Concat(config.GetString(key, "").TakeWhile(char.IsAsciiDigit));
        try
        {
            return long.TryParse(digits, out var count) && config.GetByteSize(key) is { } bytes && Fits(count, bytes)
                ? bytes
                : null;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static bool Fits(long count, long bytes) =>
        count == 0 ? bytes == 0 : bytes % count == 0 && Units.Contains(bytes / count);
}
