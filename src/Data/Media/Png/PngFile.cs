using System.Buffers.Binary;
using System.IO.Compression;

namespace R1Reward.Data.Media.Png;

/// <summary>
/// Reads PNG (ISO/IEC 15948) of every colour type, depth and interlacing without starting a process. Levels become 8-bit as
/// Pillow makes them: 16-bit grey is clipped at 255, other 16-bit channels keep the high byte.
/// </summary>
internal static class PngFile
{
    private const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    /// <summary>Where the pixels of the seven interlacing passes lie: first column and row, then the steps between them.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>The first eight bytes of every PNG.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Height and width, from the header alone.</summary>
    public static PixelSize Size(ReadOnlySpan<byte> file) =>
        new(BinaryPrimitives.ReadInt32BigEndian(file[20..]), BinaryPrimitives.ReadInt32BigEndian(file[16..]));

    /// <summary>The EXIF orientation; 1 where there is none.</summary>
    public static int Orientation(ReadOnlySpan<byte> file)
    {
        for (var at = Signature.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                break;
            }

            if (file[(at + 4)..].StartsWith("eXIf"u8))
            {
                return ExifOrientation.Read(file.Slice(at + 8, (int)length));
            }

            at += 12 + (int)length;
        }

        return 1;
    }

    /// <summary>Decodes a whole file.</summary>
    /// <exception cref="MediaException">It is truncated, damaged or not valid PNG.</exception>
    public static Raster Read(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> header = default, palette = default, transparency = default;
        using var packed = new MemoryStream();
        var ended = false;
        for (var at = Signature.Length; !ended;)
        {
            if (file.Length - at < 12 || BinaryPrimitives.ReadUInt32BigEndian(file[at..]) is var length && length > file.Length - at - 12)
            {
                throw Corrupt("ends in the middle of a chunk");
            }

            var type = file.Slice(at + 4, 4);
            var body = file.Slice(at + 8, (int)length);
            var critical = (type[0] & 0x20) == 0;
            if (critical && BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]) != PngCrc.Of(type, body))
            {
                throw Corrupt("has a damaged chunk");
            }

            if (type.SequenceEqual("IHDR"u8))
            {
                header = body;
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = body;
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                transparency = body;
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }

            ended = type.SequenceEqual("IEND"u8);
            at += 12 + (int)length;
        }

        packed.Position = 0;
        return header.Length == 13 ? Decode(header, packed, Colours(header[9], header[8], palette, transparency)) : throw Corrupt("has no header");
    }

    private static Raster Decode(ReadOnlySpan<byte> header, MemoryStream packed, byte[] colours)
    {
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        var (depth, type, interlaced) = (header[8], header[9], header[12] == 1);
        var valid = type switch
        {
            Grey => depth is 1 or 2 or 4 or 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            Rgb or GreyAlpha or Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!valid || header[10] != 0 || header[11] != 0 || header[12] > 1)
        {
            throw Corrupt($"has colour type {type} of {depth} bits, which PNG does not know");
        }

        var bits = depth * (type switch { Rgb => 3, GreyAlpha => 2, Rgba => 4, _ => 1 });
        var rgba = new byte[4 * width * height];
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        try
        {
            foreach (var (x, y, stepX, stepY) in interlaced ? Adam7 : [(0, 0, 1, 1)])
            {
                var (columns, lines) = ((width - x + stepX - 1) / stepX, (height - y + stepY - 1) / stepY);
                if (columns <= 0)
                {
                    continue;
                }

                var stride = ((columns * bits) + 7) / 8;
                var (row, above) = (new byte[stride], new byte[stride]);
                for (var line = 0; line < lines; line++)
                {
                    var filter = rows.ReadByte();
                    rows.ReadExactly(row);
                    Unfilter(filter, row, above, Math.Max(1, bits / 8));
                    Unpack(row, type, depth, colours, rgba.AsSpan(4 * (((y + (line * stepY)) * width) + x)), columns, 4 * stepX);
                    (row, above) = (above, row);
                }
            }
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw Corrupt("ends in the middle of its pixels");
        }

        return new Raster(new PixelSize(height, width), rgba);
    }

    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = pixel; i < row.Length; i++)
                {
                    row[i] += row[i - pixel];
                }

                break;
            case 2:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(((i >= pixel ? row[i - pixel] : 0) + above[i]) / 2);
                }

                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += i >= pixel ? Paeth(row[i - pixel], above[i], above[i - pixel]) : above[i];
                }

                break;
            default:
                throw Corrupt($"has a row with filter {filter}, which PNG does not know");
        }
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    /// <summary>Writes one row's pixels, each <paramref name="step"/> bytes after the last.</summary>
    private static void Unpack(ReadOnlySpan<byte> row, int type, int depth, byte[] colours, Span<byte> target, int columns, int step)
    {
        var wide = depth / 8;
        for (int i = 0, at = 0; i < columns; i++, at += step)
        {
            var pixel = target.Slice(at, 4);
            switch (type)
            {
                case Grey or Palette when depth <= 8:
                    var level = depth == 8 ? row[i] : (row[i * depth / 8] >> (8 - depth - (i * depth % 8))) & ((1 << depth) - 1);
                    colours.AsSpan(4 * level, 4).CopyTo(pixel);
                    break;
                case Grey:
                    var deep = BinaryPrimitives.ReadUInt16BigEndian(row[(2 * i)..]);
                    pixel[..3].Fill((byte)Math.Min((int)deep, 255));
                    pixel[3] = (byte)(colours.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(colours) == deep ? 0 : 255);
                    break;
                case GreyAlpha:
                    pixel[..3].Fill(row[2 * wide * i]);
                    pixel[3] = row[(2 * wide * i) + wide];
                    break;
                default:
                    var channels = type == Rgb ? 3 : 4;
                    pixel[3] = 255;
                    for (var channel = 0; channel < channels; channel++)
                    {
                        pixel[channel] = row[wide * ((channels * i) + channel)];
                    }

                    break;
            }
        }
    }

    /// <summary>
    /// What the levels of a palette or of grey up to 8 bits look like, four bytes each; for 16-bit grey the one transparent
    /// level. A transparent level of an RGB picture is passed over, since the published preprocessing leaves pictures that are
    /// RGB already as they are.
    /// </summary>
    private static byte[] Colours(int type, int depth, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        if (depth > 8 || type is not (Grey or Palette))
        {
            return transparency.Length == 2 ? transparency.ToArray() : [];
        }

        var colours = new byte[4 * 256];
        var most = (1 << depth) - 1;
        for (var level = 0; level < 256; level++)
        {
            var colour = colours.AsSpan(4 * level, 4);
            if (type == Palette)
            {
                palette[Math.Min(3 * level, palette.Length)..Math.Min((3 * level) + 3, palette.Length)].CopyTo(colour);
                colour[3] = level < transparency.Length ? transparency[level] : (byte)255;
            }
            else
            {
                colour[..3].Fill((byte)(level * 255 / most));
                colour[3] = (byte)(transparency.Length == 2 && transparency[1] == level ? 0 : 255);
            }
        }

        return colours;
    }

    private static MediaException Corrupt(string reason) => new(MediaStatus.Corrupt, reason);
}
