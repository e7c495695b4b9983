using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace R1Reward.Data.Media.Png;

/// <summary>Writes 8-bit RGB pictures as PNG (ISO/IEC 15948), without filters and without interlacing.</summary>
public static class PngWriter
{
    /// <summary>Encodes a picture; the same pixels always give the same bytes.</summary>
    /// <param name="rgb">Rows from the top, three bytes per pixel: 3 * width * height bytes.</param>
    /// <param name="width">The number of pixels in a row.</param>
    /// <param name="height">The number of rows.</param>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        if (rgb.Length != 3 * width * height)
        {
            throw new ArgumentException(
                $"{width} x {height} pixels need {3 * width * height} bytes, got {rgb.Length}", nameof(rgb));
        }

        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(rgb.Slice(3 * width * y, 3 * width));
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = PngFile.Rgb;
        using var png = new MemoryStream();
        png.Write(PngFile.Signature);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, rows.ToArray());
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(data);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        png.Write(number);
    }
}
