using System.Text.RegularExpressions;

namespace R1Reward.Data.Media.Decoding;

/// <summary>Takes the reason of a failure from what ffmpeg writes to standard error.</summary>
internal static partial class FfmpegLog
{
    /// <summary>The last line, where ffmpeg says why it stopped, without the names and addresses in front.</summary>
    public static string LastLine(string log) =>
        log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Last message repeated", StringComparison.Ordinal))
            .Select(line => Prefix().Replace(line, "").Trim())
            .LastOrDefault("ffmpeg gave no reason");

    [GeneratedRegex(@"^(\[[^\]]*\]\s*)+")]
    private static partial Regex Prefix();
}
