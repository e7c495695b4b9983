using System.Globalization;
using System.Text.RegularExpressions;
using R1Reward.Data.Media.Png;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Reads pictures (PNG here, JPEG, WebP and GIF by ffmpeg) and the frames of videos (ffmpeg). Sizes are read from the headers
/// and held against the limit before anything is decoded. May be used from many threads at once.
/// </summary>
public sealed partial class MediaDecoder
{
    private static readonly string[] FrameExtensions = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

    private readonly DecodingOptions _options;
    private readonly Ffmpeg _ffmpeg;

    /// <summary>A decoder.</summary>
    public MediaDecoder(DecodingOptions? options = null) => (_options, _ffmpeg) = (options ?? new(), new Ffmpeg(options ?? new()));

    /// <summary>The frames of a folder: its pictures, ordered by name.</summary>
    /// <exception cref="MediaException">There is no picture in it.</exception>
    public static IReadOnlyList<string> FrameFiles(string folder)
    {
        var files = Directory.EnumerateFiles(folder)
            .Where(file => FrameExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0 ? files : throw new MediaException(MediaStatus.Corrupt, "is a folder without pictures");
    }

    /// <summary>Reads a picture file; of an animation the first frame.</summary>
    /// <exception cref="MediaException">The file is missing, damaged, too large or of another format.</exception>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public async Task<RgbImage> PictureAsync(string path, CancellationToken cancellation)
    {
        RequireFile(path);
        if (new FileInfo(path).Length is var length && length > _options.MaxFileBytes)
        {
            throw new MediaException(MediaStatus.TooLarge, $"{length:N0} bytes, over the limit of {_options.MaxFileBytes:N0}");
        }

        // The length is asked first: a device or a pipe has none, and would never end.
        var file = length == 0 ? [] : await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        return await PictureAsync(file, cancellation).ConfigureAwait(false);
    }

    /// <summary>Decodes a whole picture file; of an animation the first frame.</summary>
    /// <exception cref="MediaException">The file is damaged, too large or of another format.</exception>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public async Task<RgbImage> PictureAsync(ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        var header = ImageHeader.Read(file.Span);
        _options.Check(header.Size);
        var raster = header.Format == ImageFormat.Png
            ? PngFile.Read(file.Span)
            : (await RawAsync(header, file, cancellation).ConfigureAwait(false)).ToRaster();
        return raster.ToRgb(_options.Colours, header.Orientation);
    }

    /// <summary>What a video file says of itself.</summary>
    /// <exception cref="MediaException">The file is missing, damaged, too large or no video.</exception>
    /// <exception cref="UserErrorException">ffprobe cannot be started.</exception>
    public async Task<VideoInfo> ProbeAsync(string path, CancellationToken cancellation)
    {
        RequireFile(path);
        return await VideoProbe.RunAsync(_ffmpeg, _options, path, cancellation).ConfigureAwait(false);
    }

    /// <summary>Decodes some frames of a video.</summary>
    /// <param name="path">The file.</param>
    /// <param name="video">What <see cref="ProbeAsync"/> said of it.</param>
    /// <param name="indices">Which frames, rising; a repeated one is handed over as often.</param>
    /// <param name="take">Receives each frame in order.</param>
    /// <param name="cancellation">Stops the decoding.</param>
    /// <exception cref="MediaException">A frame is missing or damaged.</exception>
    /// <exception cref="UserErrorException">ffmpeg cannot be started.</exception>
    public async Task FramesAsync(string path, VideoInfo video, IReadOnlyList<int> indices, Action<RgbImage> take, CancellationToken cancellation)
    {
        var distinct = indices.Distinct().ToList();
        var select = string.Join('+', distinct.Select(index => $"eq(n,{index})"));
        string[] output = ["-frames:v", distinct.Count.ToString(), "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
        var taken = 0;
        var (_, log) = await _ffmpeg.DecodeAsync(
            [
                "-hide_banner", "-nostdin", "-v", "error", "-noautorotate", .. _ffmpeg.Guards("file"), "-format_whitelist", VideoProbe.Containers,
                "-i", "file:" + path, "-map", "0:v:0", "-vf", $"select='{select}'", .. output,
            ],
            default,
            Read,
            cancellation).ConfigureAwait(false);
        if (taken < indices.Count)
        {
            throw new MediaException(MediaStatus.Corrupt, $"gives {taken} of {indices.Count} frames ({FfmpegLog.LastLine(log)})");
        }

        async Task Read(Stream stream)
        {
            foreach (var index in distinct)
            {
                var rgb = new byte[3 * video.Size.Width * video.Size.Height];
                if (await stream.ReadAtLeastAsync(rgb, rgb.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < rgb.Length)
                {
                    return;
                }

                for (; taken < indices.Count && indices[taken] == index; taken++)
                {
                    take(new RgbImage(video.Size.Width, video.Size.Height, rgb));
                }
            }
        }
    }

    /// <summary>The first frame of a picture file in the decoder's own pixel format, which ffmpeg's log names.</summary>
    private async Task<RawFrame> RawAsync(ImageHeader header, ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        var demuxer = header.Format switch
        {
            ImageFormat.Jpeg => "jpeg_pipe",
            ImageFormat.WebP => "webp_pipe",
            _ => "gif",
        };
        var pixels = new MemoryStream();
        var (_, log) = await _ffmpeg.DecodeAsync(
            [
                "-hide_banner", "-nostats", "-loglevel", "level+info", "-threads", "1", "-noautorotate", .. _ffmpeg.Guards("pipe"), "-f", demuxer,
                "-i", "pipe:0", "-frames:v", "1", "-vf", "showinfo", "-f", "rawvideo", "pipe:1",
            ],
            file,
            stream => stream.CopyToAsync(pixels, cancellation),
            cancellation).ConfigureAwait(false);

        // ffmpeg conceals damage and goes on; the published loaders refuse the file.
        if (log.Split('\n').FirstOrDefault(line => Damage().IsMatch(line)) is { } damage)
        {
            throw new MediaException(MediaStatus.Corrupt, $"is truncated or damaged ({FfmpegLog.Message(damage)})");
        }

        return Shown().Match(log) is { Success: true, Groups: var found }
            ? new RawFrame(found[1].Value, new PixelSize(Number(found[3]), Number(found[2])), pixels.ToArray())
            : throw new MediaException(MediaStatus.Corrupt, $"gives no picture ({FfmpegLog.LastLine(log)})");

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new MediaException(MediaStatus.Missing, Directory.Exists(path) ? "is a folder" : "does not exist");
        }
    }

    [GeneratedRegex(@"\[(error|fatal|panic)\]")]
    private static partial Regex Damage();

    [GeneratedRegex(@" fmt:(\S+) .* s:(\d+)x(\d+) ")]
    private static partial Regex Shown();
}
