using R1Reward.Data.Media.Sound;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Decodes sounds to one channel: WAV files of plain samples within this process, other formats and the tracks of
/// videos by ffmpeg. Only the beginning that is asked for is read, so an hour costs no more than it. May be used from
/// many threads at once.
/// </summary>
public sealed class SoundDecoder
{
    /// <summary>Containers of sound; formats that refer to other files, such as playlists, are left out.</summary>
    private const string Containers =
        VideoProbe.Containers + ",wav,w64,flac,mp3,aac,aiff,caf,ac3,eac3,amr,au,opus,oga,wv,ape,tta";

    private readonly Ffmpeg _ffmpeg;

    /// <summary>Creates a decoder; without options it has their defaults.</summary>
    public SoundDecoder(DecodingOptions? options = null) => _ffmpeg = new Ffmpeg(options ?? new DecodingOptions());

    /// <summary>Decodes the beginning of a file: a sound, or a video that has one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seconds">The rest is left out.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="MediaException">The file is missing, damaged, or has no sound.</exception>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public async Task<Waveform> ReadAsync(string path, double seconds, CancellationToken cancellation)
    {
        MediaFile.Require(path);
        using var file = File.OpenRead(path);
        return await PlainAsync(file, seconds, cancellation).ConfigureAwait(false)
            ?? await CompressedAsync(["-protocol_whitelist", "file"], "file:" + path, null, seconds, cancellation)
                .ConfigureAwait(false);
    }

    /// <summary>Decodes the beginning of a sound whose whole file is in memory.</summary>
    /// <exception cref="MediaException">It is damaged, or has no sound.</exception>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public async Task<Waveform> ReadAsync(
        ReadOnlyMemory<byte> file, double seconds, CancellationToken cancellation)
    {
        using var stream = new MemoryStream(file.ToArray(), writable: false);
        return await PlainAsync(stream, seconds, cancellation).ConfigureAwait(false)
            ?? await CompressedAsync(["-protocol_whitelist", "pipe"], "pipe:0", file, seconds, cancellation)
                .ConfigureAwait(false);
    }

    private static async Task<Waveform?> PlainAsync(Stream file, double seconds, CancellationToken cancellation)
    {
        if (file.Length == 0)
        {
            throw new MediaException(MediaStatus.Corrupt, "is empty");
        }

        var head = new byte[12];
        var got = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return WavReader.Matches(head.AsSpan(0, got))
            ? await WavReader.ReadAsync(file, file.Length, seconds, cancellation).ConfigureAwait(false)
            : null;
    }

    /// <summary>
    /// Has ffmpeg write a WAV file to its standard output, so that one reader averages the channels of all formats.
    /// </summary>
    private async Task<Waveform> CompressedAsync(
        IEnumerable<string> protocol,
        string input,
        ReadOnlyMemory<byte>? file,
        double seconds,
        CancellationToken cancellation)
    {
        Waveform? sound = null;
        MediaException? unreadable = null;
        var length = seconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
        string[] output = ["-map", "0:a:0", "-vn", "-t", length, "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"];
        var log = await _ffmpeg.DecodeAsync(
            [
                "-hide_banner", "-nostdin", "-v", "error", .. protocol, "-format_whitelist", Containers,
                "-i", input, .. output,
            ],
            Read,
            cancellation,
            file).ConfigureAwait(false);
        if (log.Contains("matches no streams", StringComparison.Ordinal))
        {
            throw new MediaException(MediaStatus.Unsupported, "holds no sound");
        }

        if (log.Length > 0)
        {
            throw new MediaException(
                MediaStatus.Corrupt, $"is no sound that ffmpeg can read ({FfmpegLog.LastLine(log)})");
        }

        return sound ?? throw unreadable!;

        async Task Read(Stream stream)
        {
            try
            {
                sound = await WavReader.ReadAsync(stream, null, seconds, cancellation).ConfigureAwait(false);
                await stream.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
            }
            catch (MediaException wrong)
            {
                unreadable = wrong;
            }
        }
    }
}
