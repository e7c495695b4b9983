using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace R1Reward.Data.Tests.Media;

/// <summary>Sounds that tests make themselves.</summary>
internal static class SampleSounds
{
    /// <summary>A WAV file of 16-bit samples, channel by channel at each instant.</summary>
    internal static byte[] Wav(int rate, int channels, IReadOnlyList<double> samples)
    {
        var file = new byte[44 + (2 * samples.Count)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Count);
        for (var i = 0; i < samples.Count; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), (short)Math.Round(samples[i] * 32767));
        }

        return file;
    }

    /// <summary>A tone of half the full scale.</summary>
    internal static double[] Tone(int rate, double seconds, double hertz = 440) =>
    [
        .. Enumerable.Range(0, (int)(rate * seconds)).Select(i => 0.5 * Math.Sin(2 * Math.PI * hertz * i / rate)),
    ];

    /// <summary>Has ffmpeg write a tone in the format of the file's name.</summary>
    internal static void Encode(string path, double seconds, int rate = 16_000, params string[] options)
    {
        var source = string.Create(
            CultureInfo.InvariantCulture, $"sine=frequency=440:sample_rate={rate}:duration={seconds}");
        using var process = Process.Start(
            "ffmpeg", ["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, .. options, path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
