using System.Buffers.Binary;

namespace R1Reward.Data.Media.Sound;

/// <summary>Writes WAV files of one channel and 8 bits per sample: small, and enough for tones.</summary>
public static class WavWriter
{
    private const int HeaderBytes = 44;

    /// <summary>The file of a sound; samples beyond full scale (-1 to 1) are clipped.</summary>
    public static byte[] Encode(ReadOnlySpan<double> samples, int rate)
    {
        var file = new byte[HeaderBytes + samples.Length + (samples.Length & 1)];
        void Text(int at, ReadOnlySpan<byte> text) => text.CopyTo(file.AsSpan(at));
        void Number(int at, int number) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), number);
        Text(0, "RIFF"u8);
        Number(4, file.Length - 8);
        Text(8, "WAVEfmt "u8);
        Number(16, 16);

        // Plain samples, one channel; a byte for each instant, eight bits.
        Number(20, 1 | (1 << 16));
        Number(24, rate);
        Number(28, rate);
        Number(32, 1 | (8 << 16));
        Text(36, "data"u8);
        Number(40, samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            file[HeaderBytes + i] = (byte)Math.Clamp(Math.Round(128 + (127 * samples[i])), 0, 255);
        }

        return file;
    }
}
