using System.Buffers.Binary;

namespace R1Reward.Data.Media.Png;

/// <summary>Finds the parts of a PNG file (ISO/IEC 15948) that a decoder of pixels does not report.</summary>
internal static class PngFile
{
    /// <summary>Where the header chunk, which is always the first, holds the bits per channel.</summary>
    internal const int DepthOffset = 24;

    /// <summary>Where the header chunk holds the colour type.</summary>
    internal const int ColourTypeOffset = 25;

    /// <summary>The colour type of grey without alpha.</summary>
    internal const byte Grey = 0;

    /// <summary>The colour type of red, green and blue without alpha.</summary>
    internal const byte Rgb = 2;

    /// <summary>The colour type of grey with alpha.</summary>
    internal const byte GreyAlpha = 4;

    /// <summary>The first eight bytes of every PNG.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The last eight bytes of every PNG: the type and the checksum of an empty IEND chunk.</summary>
    public static ReadOnlySpan<byte> End => [(byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>The colour type, or null where the file is no PNG or ends before it.</summary>
    public static byte? ColourType(ReadOnlySpan<byte> file) =>
        file.StartsWith(Signature) && file.Length > ColourTypeOffset ? file[ColourTypeOffset] : null;

    /// <summary>The data of the first chunk of a type; empty where the file has none.</summary>
    public static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type)
    {
        // A chunk is its length, its type, its data and a checksum: twelve bytes beside the data.
        for (var at = Signature.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                break;
            }

            if (file[(at + 4)..].StartsWith(type))
            {
                return file.Slice(at + 8, (int)length);
            }

            at += 12 + (int)length;
        }

        return [];
    }
}
