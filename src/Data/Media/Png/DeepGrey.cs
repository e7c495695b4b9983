using System.Buffers.Binary;
using System.IO.Hashing;

namespace R1Reward.Data.Media.Png;

/// <summary>
/// 16-bit grey as Pillow reads it: levels above 255 are clipped, where other decoders keep the high byte. Skia gives
/// only the high byte of such a file. The same file with the header of 8-bit grey with alpha has the same rows, filters
/// and interlacing, and is read as high byte and low byte side by side.
/// </summary>
internal static class DeepGrey
{
    private const int HeaderChunk = 12;
    private const int HeaderChecksum = 29;

    /// <summary>Whether the file is a PNG of 16-bit grey without alpha.</summary>
    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length > HeaderChecksum + 4 && PngFile.ColourType(file) == PngFile.Grey && file[PngFile.DepthOffset] == 16;

    /// <summary>The file with the header of 8-bit grey with alpha: high bytes are grey, low bytes alpha.</summary>
    public static byte[] Split(ReadOnlySpan<byte> file)
    {
        var split = file.ToArray();
        split[PngFile.DepthOffset] = 8;
        split[PngFile.ColourTypeOffset] = PngFile.GreyAlpha;
        var checksum = Crc32.HashToUInt32(split.AsSpan(HeaderChunk, HeaderChecksum - HeaderChunk));
        BinaryPrimitives.WriteUInt32BigEndian(split.AsSpan(HeaderChecksum), checksum);
        return split;
    }

    /// <summary>
    /// Turns the pixels of a split file into levels up to 255, the one transparent level that a tRNS chunk may name
    /// into alpha.
    /// </summary>
    /// <param name="file">The file before it was split.</param>
    /// <param name="rgba">Four bytes per pixel, changed in place.</param>
    public static void Join(ReadOnlySpan<byte> file, Span<byte> rgba)
    {
        var transparency = PngFile.Chunk(file, "tRNS"u8);
        var transparent = transparency.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(transparency) : -1;
        for (var at = 0; at < rgba.Length; at += 4)
        {
            var level = (rgba[at] << 8) | rgba[at + 3];
            rgba.Slice(at, 3).Fill((byte)Math.Min(level, 255));
            rgba[at + 3] = (byte)(level == transparent ? 0 : 255);
        }
    }
}
