using System.Text.RegularExpressions;

namespace R1Reward.Data.Media.Decoding;

/// <summary>What ffmpeg writes to standard error, made fit for a message.</summary>
internal static partial class FfmpegLog
{
    /// <summary>The last line, where the reason for stopping stands.</summary>
    public static string LastLine(string log) =>
        Message(log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(line => !line.StartsWith("Last message repeated", StringComparison.Ordinal)) ?? "ffmpeg gave no reason");

    /// <summary>A line without the names and addresses in front.</summary>
    public static string Message(string line) => Prefix().Replace(line, "").Trim();

    [GeneratedRegex(@"^(\[[^\]]*\]\s*)+")]
    private static partial Regex Prefix();
}
