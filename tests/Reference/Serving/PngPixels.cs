using System.Buffers.Binary;
using System.IO.Compression;

namespace R1Reward.Reference.Tests.Serving;

/// <summary>
/// The pixels of an 8-bit RGB picture without interlacing (PNG, ISO/IEC 15948): all that the cases hold.
/// </summary>
internal sealed record PngPixels(int Width, int Height, byte[] Rgb)
{
    public static PngPixels Read(ReadOnlySpan<byte> file)
    {
        using var packed = new MemoryStream();
        var (width, height) = (0, 0);
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            var type = file.Slice(at + 4, 4);
            var data = file.Slice(at + 8, length);
            if (type.SequenceEqual("IHDR"u8))
            {
                (width, height) = (
                    BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                Assert.Equal((8, 2, 0), (data[8], data[9], data[12]));
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(data);
            }

            at += 12 + length;
        }

        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        {
            var filter = rows.ReadByte();
            var row = rgb.AsSpan(3 * width * y, 3 * width);
            rows.ReadExactly(row);
            var above = y > 0 ? rgb.AsSpan(3 * width * (y - 1), 3 * width) : new byte[3 * width];
            for (var x = 0; x < row.Length; x++)
            {
                var (a, b, c) = (x < 3 ? 0 : row[x - 3], above[x], x < 3 ? 0 : above[x - 3]);
                row[x] += (byte)(
                    filter switch
                    {
                        0 => 0,
                        1 => a,
                        2 => b,
                        3 => (a + b) / 2,
                        4 => Paeth(a, b, c),
                        _ => throw new InvalidDataException($"filter {filter}"),
                    });
            }
        }

        return new PngPixels(width, height, rgb);
    }

    private static int Paeth(int a, int b, int c)
    {
        var (toA, toB, toC) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - c - c));
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
