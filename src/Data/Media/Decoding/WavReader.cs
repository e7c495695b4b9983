using System.Buffers.Binary;
using R1Reward.Data.Media.Sound;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Reads plain samples from WAV files, within this process: whole numbers of 8, 16, 24 or 32 bits and floating point of
/// 32 or 64. Channels are averaged, as the published loaders do.
/// </summary>
internal static class WavReader
{
    private const int MaxRate = 768_000;
    private const int MaxChannels = 64;
    private const int MaxFormatBytes = 1 << 16;

    /// <summary>Whether a file begins as a WAV file does.</summary>
    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WAVE"u8);

    /// <summary>Reads the beginning of a sound.</summary>
    /// <param name="stream">The file from its first byte; need not be seekable.</param>
    /// <param name="length">Bytes of the file; null where it is written while it is read.</param>
    /// <param name="seconds">The rest is not read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The sound; null where its samples are compressed.</returns>
    /// <exception cref="MediaException">The file is cut or damaged.</exception>
    public static async Task<Waveform?> ReadAsync(
        Stream stream, long? length, double seconds, CancellationToken cancellation)
    {
        await ReadAsync(stream, 12, cancellation).ConfigureAwait(false);
        WavFormat? format = null;
        for (var at = 12L; ;)
        {
            var head = await ReadAsync(stream, 8, cancellation).ConfigureAwait(false);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            at += 8;
            if (head.AsSpan().StartsWith("data"u8))
            {
                return await DataAsync(
                    stream, format ?? throw Damaged("names no format"), size, length - at, seconds, cancellation)
                    .ConfigureAwait(false);
            }

            // A chunk is filled up to an even length.
            var skipped = size + (size & 1);
            if (head.AsSpan().StartsWith("fmt "u8))
            {
                var body = await ReadAsync(stream, (int)Math.Min(skipped, MaxFormatBytes), cancellation)
                    .ConfigureAwait(false);
                if (WavFormat.Read(body) is not { } read)
                {
                    return null;
                }

                format = read.Rate is > 0 and <= MaxRate && read.Channels is > 0 and <= MaxChannels
                    ? read
                    : throw Damaged($"says it has {read.Channels} channels of {read.Rate} samples per second");
                skipped -= (uint)body.Length;
            }

            await SkipAsync(stream, skipped, cancellation).ConfigureAwait(false);
            at += size + (size & 1);
        }
    }

    private static async Task<Waveform?> DataAsync(
        Stream stream, WavFormat format, uint size, long? left, double seconds, CancellationToken cancellation)
    {
        // What writes to a pipe cannot go back to note the size.
        var isNoted = size is not (0 or uint.MaxValue);
        if (isNoted && left < size)
        {
            throw Damaged("ends in the middle of its samples: it was cut");
        }

        var wanted = (long)Math.Ceiling(seconds * format.Rate);
        wanted = isNoted ? Math.Min(wanted, size / format.FrameBytes) : wanted;
        var samples = new List<float>();
        var block = new byte[format.FrameBytes * 4096];
        while (samples.Count < wanted)
        {
            var bytes = (int)Math.Min(block.Length, (wanted - samples.Count) * format.FrameBytes);
            var got = await stream.ReadAtLeastAsync(
                block.AsMemory(0, bytes), bytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            for (var frame = 0; frame + format.FrameBytes <= got; frame += format.FrameBytes)
            {
                samples.Add(format.Average(block.AsSpan(frame, format.FrameBytes)));
            }

            if (got < bytes)
            {
                break;
            }
        }

        return samples.TrueForAll(float.IsFinite)
            ? new Waveform([.. samples], format.Rate)
            : throw Damaged("holds samples that are no numbers");
    }

    private static async Task SkipAsync(Stream stream, long bytes, CancellationToken cancellation)
    {
        if (stream.CanSeek)
        {
            stream.Seek(bytes, SeekOrigin.Current);
            return;
        }

        var block = new byte[1 << 16];
        for (; bytes > 0; bytes -= block.Length)
        {
            await ReadAsync(stream, (int)Math.Min(bytes, block.Length), cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int bytes, CancellationToken cancellation)
    {
        var read = new byte[bytes];
        var got = await stream.ReadAtLeastAsync(read, bytes, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false);
        return got == bytes ? read : throw Damaged("has no samples: it was cut");
    }

    private static MediaException Damaged(string reason) => new(MediaStatus.Corrupt, reason);
}
