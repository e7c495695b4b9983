using System.Globalization;
using System.Text.RegularExpressions;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Media.Png;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Decodes pictures (PNG, JPEG, WebP and GIF, within this process) and the frames of videos (by ffmpeg). Sizes are read
/// from the headers and checked against the limit before anything is decoded. May be used from many threads at once.
/// </summary>
public sealed class MediaDecoder
{
    private static readonly string[] FrameExtensions = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

    private readonly DecodingOptions _options;
    private readonly Ffmpeg _ffmpeg;
    private readonly PictureFetcher? _fetcher;

    /// <summary>Creates a decoder; without options it has their defaults.</summary>
    public MediaDecoder(DecodingOptions? options = null)
    {
        _options = options ?? new DecodingOptions();
        _ffmpeg = new Ffmpeg(_options);
        _fetcher = _options.Fetch is { } fetch ? new PictureFetcher(fetch) : null;
    }

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

    /// <summary>Reads and decodes a picture file; of an animation the first frame.</summary>
    /// <exception cref="MediaException">The file is missing, damaged, too large or of another format.</exception>
    public async Task<RgbImage> PictureAsync(string path, CancellationToken cancellation)
    {
        MediaFile.Require(path);
        var length = new FileInfo(path).Length;
        if (length > _options.MaxFileBytes)
        {
            throw new MediaException(
                MediaStatus.TooLarge, $"{length:N0} bytes, over the limit of {_options.MaxFileBytes:N0}");
        }

        // Files of /proc have no length whatever they hold.
        var file = length == 0 ? [] : await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        return Picture(file);
    }

    /// <summary>Fetches and decodes a picture at an http or https address.</summary>
    /// <exception cref="MediaException">It is not fetched, damaged, too large or of another format.</exception>
    public async Task<RgbImage> RemotePictureAsync(string address, CancellationToken cancellation)
    {
        var fetcher = _fetcher ?? throw new MediaException(MediaStatus.Unsupported, PictureFiles.NotFetched);
        return Picture(await fetcher.FetchAsync(address, cancellation).ConfigureAwait(false));
    }

    /// <summary>Decodes a picture whose whole file is in memory; of an animation the first frame.</summary>
    /// <exception cref="MediaException">The file is damaged, too large or of another format.</exception>
    public RgbImage Picture(ReadOnlySpan<byte> file) => PictureDecoder.Decode(file, _options);

    /// <summary>Reads the size, the number of frames and the rate of a video file.</summary>
    /// <exception cref="MediaException">The file is missing, damaged, too large or no video.</exception>
    /// <exception cref="UserErrorException">ffprobe cannot be started.</exception>
    public async Task<VideoInfo> ProbeAsync(string path, CancellationToken cancellation)
    {
        MediaFile.Require(path);
        return await VideoProbe.RunAsync(_ffmpeg, _options, path, cancellation).ConfigureAwait(false);
    }

    /// <summary>Decodes some frames of a video.</summary>
    /// <param name="path">The video file.</param>
    /// <param name="video">What <see cref="ProbeAsync"/> returned for it.</param>
    /// <param name="indices">Which frames, in rising order; a repeated one is handed over as often.</param>
    /// <param name="receive">Receives each frame in order.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="MediaException">A frame is missing or damaged.</exception>
    /// <exception cref="UserErrorException">ffmpeg cannot be started.</exception>
    public async Task FramesAsync(
        string path,
        VideoInfo video,
        IReadOnlyList<int> indices,
        Action<RgbImage> receive,
        CancellationToken cancellation)
    {
        var distinct = indices.Distinct().ToList();
        var select = string.Join('+', distinct.Select(index => $"eq(n,{index})"));
        string[] input =
        [
            "-noautorotate", .. _ffmpeg.Guards(), "-format_whitelist", VideoProbe.Containers, "-i", "file:" + path,
        ];
        string[] frames =
        [
            "-map", "0:v:0", "-vf", $"select='{select}'", "-frames:v", $"{distinct.Count}", "-vsync", "passthrough",
        ];
        string[] output = ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
        var received = 0;
        var log = await _ffmpeg.DecodeAsync(
            ["-hide_banner", "-nostdin", "-v", "error", .. input, .. frames, .. output],
            Read,
            cancellation).ConfigureAwait(false);
        if (received < indices.Count)
        {
            throw new MediaException(
                MediaStatus.Corrupt, $"gives {received} of {indices.Count} frames ({FfmpegLog.LastLine(log)})");
        }

        async Task Read(Stream stream)
        {
            foreach (var index in distinct)
            {
                var rgb = new byte[3 * video.Size.Width * video.Size.Height];
                var length = await stream.ReadAtLeastAsync(rgb, rgb.Length, throwOnEndOfStream: false, cancellation)
                    .ConfigureAwait(false);
                if (length < rgb.Length)
                {
                    return;
                }

                for (; received < indices.Count && indices[received] == index; received++)
                {
                    receive(new RgbImage(video.Size.Width, video.Size.Height, rgb));
                }
            }
        }
    }
}
