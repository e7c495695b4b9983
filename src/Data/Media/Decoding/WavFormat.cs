using System.Buffers.Binary;

namespace R1Reward.Data.Media.Decoding;

/// <summary>How the samples of a WAV file are written.</summary>
/// <param name="Channels">Samples of one instant.</param>
/// <param name="Rate">Instants per second.</param>
/// <param name="Bytes">Bytes of one sample.</param>
/// <param name="IsFloating">Whether samples are floating point; else whole numbers, of which full scale is 1.</param>
internal sealed record WavFormat(int Channels, int Rate, int Bytes, bool IsFloating)
{
    private const int Whole = 1;
    private const int Floating = 3;
    private const int Extensible = 0xFFFE;
    private const int SubformatOffset = 24;

    /// <summary>Bytes of all channels at one instant.</summary>
    public int FrameBytes => Channels * Bytes;

    /// <summary>Reads a <c>fmt</c> chunk; null where the samples are compressed.</summary>
    public static WavFormat? Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
        {
            return null;
        }

        int Number(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt16LittleEndian(at);
        var (kind, bits) = (Number(chunk), Number(chunk[14..]));
        kind = kind == Extensible && chunk.Length > SubformatOffset + 1 ? Number(chunk[SubformatOffset..]) : kind;
        return (kind, bits) is (Whole, 8 or 16 or 24 or 32) or (Floating, 32 or 64)
            ? new(Number(chunk[2..]), BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]), bits / 8, kind == Floating)
            : null;
    }

    /// <summary>The mean of the channels at one instant.</summary>
    public float Average(ReadOnlySpan<byte> frame)
    {
        var sum = 0f;
        for (var channel = 0; channel < Channels; channel++)
        {
            sum += Sample(frame[(channel * Bytes)..]);
        }

        return sum / Channels;
    }

    private float Sample(ReadOnlySpan<byte> bytes) => (Bytes, IsFloating) switch
    {
        (1, _) => (bytes[0] - 128) / 128f,
        (2, _) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f,
        (3, _) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) / 2147483648f,
        (4, false) => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648f,
        (4, true) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
