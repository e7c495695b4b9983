using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Media.Decoding;

/// <summary>Asks ffprobe what a video file holds, without decoding it.</summary>
internal static partial class VideoProbe
{
    /// <summary>Containers of video; formats that refer to other files, such as playlists, are left out.</summary>
    public const string Containers =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,flv,asf,ogg,m4v,h264,hevc";

    /// <summary>
    /// Reads size, frames and rate. Packets are counted, since many containers do not say how many frames they hold.
    /// </summary>
    /// <exception cref="MediaException">The file is damaged, too large or no video.</exception>
    public static async Task<VideoInfo> RunAsync(
        Ffmpeg ffmpeg, DecodingOptions options, string path, CancellationToken cancellation)
    {
        if (new FileInfo(path).Length == 0)
        {
            throw new MediaException(MediaStatus.Corrupt, "is empty");
        }

        string[] show =
        [
            "-select_streams", "v:0", "-count_packets", "-of", "json",
            "-show_entries", "stream=width,height,avg_frame_rate,nb_read_packets",
        ];
        var (code, output, log) = await ffmpeg.ProbeAsync(
            ["-v", "error", .. ffmpeg.Guards(), "-format_whitelist", Containers, .. show, "-i", "file:" + path],
            cancellation).ConfigureAwait(false);
        if (OverLimit().Match(log) is { Success: true, Groups: var refused })
        {
            throw new MediaException(
                MediaStatus.TooLarge, $"{refused[1]} x {refused[2]} pixels, over the limit of {options.MaxPixels:N0}");
        }

        if (code != 0)
        {
            throw new MediaException(
                MediaStatus.Corrupt, $"is no video that ffmpeg can read ({FfmpegLog.LastLine(log)})");
        }

        if (JObject.Parse(output)["streams"] is not JArray { Count: > 0 } streams)
        {
            throw new MediaException(MediaStatus.Unsupported, "holds no video");
        }

        var size = new PixelSize((int?)streams[0]["height"] ?? 0, (int?)streams[0]["width"] ?? 0);
        options.Check(size);
        var frames = (int?)streams[0]["nb_read_packets"] ?? 0;
        var rate = Ratio((string?)streams[0]["avg_frame_rate"] ?? "");
        return frames > 0 && rate is > 0 and < double.PositiveInfinity
            ? new VideoInfo(size, frames, rate)
            : throw new MediaException(MediaStatus.Corrupt, $"holds {frames} frames at {rate} per second");
    }

    /// <summary>A rate as ffprobe writes it, for example <c>30000/1001</c>; 0 where it is not known.</summary>
    private static double Ratio(string text) =>
        text.Split('/') is [var over, var under]
        && double.TryParse(over, CultureInfo.InvariantCulture, out var frames)
        && double.TryParse(under, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0
            ? frames / seconds
            : 0;

    [GeneratedRegex(@"Picture size (\d+)x(\d+) (exceeds|is invalid)")]
    private static partial Regex OverLimit();
}
