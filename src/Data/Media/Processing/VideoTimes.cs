using System.Globalization;

namespace R1Reward.Data.Media.Processing;

/// <summary>When the temporal groups of a video are shown, as Qwen3-VL's prompts say it.</summary>
public static class VideoTimes
{
    /// <summary>The mean time in seconds of the first and the last frame of each group.</summary>
    /// <param name="indices">Numbers of the frames that were taken, from 0; the last fills up the last group.</param>
    /// <param name="rate">Frames per second of the video that they were taken from.</param>
    /// <param name="groupFrames">How many frames make a group.</param>
    /// <example>Frames 0, 8, 15 and 23 at 8 per second, in pairs: 0.5 and 2.375.</example>
    public static IReadOnlyList<double> OfGroups(IReadOnlyList<int> indices, double rate, int groupFrames) =>
        [.. indices.Chunk(groupFrames).Select(group => ((group[0] / rate) + (group[^1] / rate)) / 2)];

    /// <summary>
    /// What stands before a group. One decimal, ties to even, as Python writes it: 0.25 is 0.2, and .NET's format would
    /// say 0.3.
    /// </summary>
    /// <example><c>&lt;2.4 seconds&gt;</c>.</example>
    public static string Text(double seconds)
    {
        // A tie is exact in binary for quarters alone.
        var isTie = Math.Abs(seconds % 0.5) == 0.25;
        var shown = isTie ? Math.Round(seconds, 1, MidpointRounding.ToEven) : seconds;
        return string.Create(CultureInfo.InvariantCulture, $"<{shown:F1} seconds>");
    }
}
