using System.Buffers.Binary;

namespace R1Reward.Data.Media.Decoding;

/// <summary>The note in which a camera says how it was held.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;

    /// <summary>The orientation in a TIFF block, 1 to 8; 1 where there is none or the block cannot be read.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        var big = tiff.StartsWith("MM"u8);
        if (tiff.Length < 8 || !(big || tiff.StartsWith("II"u8)))
        {
            return 1;
        }

        var directory = Number32(tiff[4..], big);
        if (directory > tiff.Length - 2)
        {
            return 1;
        }

        var entries = tiff[((int)directory + 2)..];
        var count = Math.Min(Number16(tiff[(int)directory..], big), entries.Length / 12);
        for (var i = 0; i < count; i++)
        {
            var entry = entries.Slice(12 * i, 12);
            if (Number16(entry, big) == Tag)
            {
                return Number16(entry[8..], big) is >= 1 and <= 8 and var value ? value : 1;
            }
        }

        return 1;
    }

    /// <summary>The picture as it was seen.</summary>
    /// <param name="image">The picture as it is stored.</param>
    /// <param name="orientation">1 to 8: where the first row and column belong.</param>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation == 1)
        {
            return image;
        }

        var turned = orientation >= 5;
        var (width, height) = turned ? (image.Height, image.Width) : (image.Width, image.Height);
        var rgb = new byte[image.Rgb.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = turned ? (y, x) : (x, y);
                column = orientation is 2 or 3 or 7 or 8 ? image.Width - 1 - column : column;
                row = orientation is 3 or 4 or 6 or 7 ? image.Height - 1 - row : row;
                image.Rgb.AsSpan(3 * ((row * image.Width) + column), 3).CopyTo(rgb.AsSpan(3 * ((y * width) + x)));
            }
        }

        return new RgbImage(width, height, rgb);
    }

    private static int Number16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
