using System.Buffers.Binary;
using R1Reward.Data.Media.Png;

namespace R1Reward.Data.Media.Decoding;

/// <summary>What a picture file says of itself before its pixels.</summary>
/// <param name="Format">The format, by its first bytes; names of files are not asked.</param>
/// <param name="Size">Height and width as stored.</param>
/// <param name="Orientation">EXIF orientation 1 to 8; 1 is upright.</param>
internal readonly record struct ImageHeader(ImageFormat Format, PixelSize Size, int Orientation)
{
    /// <summary>Reads the header of a whole file.</summary>
    /// <exception cref="MediaException">Not one of the formats, or damaged before the size.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            throw new MediaException(MediaStatus.Corrupt, "is empty");
        }

        try
        {
            return file switch
            {
                _ when file.StartsWith(PngFile.Signature) => new(ImageFormat.Png, PngFile.Size(file), PngFile.Orientation(file)),
                [0xFF, 0xD8, ..] => Jpeg(file),
                _ when file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) => new(ImageFormat.Gif, new(Little16(file, 8), Little16(file, 6)), 1),
                _ when file.StartsWith("RIFF"u8) && file.Length > 12 && file[8..].StartsWith("WEBP"u8) => WebP(file),
                _ => throw new MediaException(MediaStatus.Unsupported, "is neither PNG, JPEG, WebP nor GIF"),
            };
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new MediaException(MediaStatus.Corrupt, "ends in the middle of its header");
        }
    }

    private static ImageHeader Jpeg(ReadOnlySpan<byte> file)
    {
        var (at, orientation) = (2, 1);
        while (true)
        {
            while (file[at] != 0xFF || file[at + 1] is 0xFF)
            {
                at++;
            }

            var marker = file[at + 1];
            var body = file.Slice(at + 4, Math.Max(0, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]) - 2));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                // ffmpeg fills what is missing with grey, and its note of a missing end is also given for whole files.
                if (file[at..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0)
                {
                    throw new MediaException(MediaStatus.Corrupt, "ends in the middle of its pixels");
                }

                return new(ImageFormat.Jpeg, new(BinaryPrimitives.ReadUInt16BigEndian(body[1..]), BinaryPrimitives.ReadUInt16BigEndian(body[3..])), orientation);
            }

            if (marker is 0xD9 or 0xDA)
            {
                throw new MediaException(MediaStatus.Corrupt, "has no size before its pixels");
            }

            orientation = marker == 0xE1 && body.StartsWith("Exif\0\0"u8) ? ExifOrientation.Read(body[6..]) : orientation;
            at += 4 + body.Length;
        }
    }

    private static ImageHeader WebP(ReadOnlySpan<byte> file)
    {
        var body = file[20..];
        if (file[12..].StartsWith("VP8 "u8))
        {
            return new(ImageFormat.WebP, new(Little16(body, 8) & 0x3FFF, Little16(body, 6) & 0x3FFF), 1);
        }

        if (file[12..].StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            return new(ImageFormat.WebP, new((int)((bits >> 14) & 0x3FFF) + 1, (int)(bits & 0x3FFF) + 1), 1);
        }

        return (body[0] & 2) == 0
            ? new(ImageFormat.WebP, new(Little24(body, 7) + 1, Little24(body, 4) + 1), WebPOrientation(file))
            : throw new MediaException(MediaStatus.Unsupported, "is an animated WebP, which ffmpeg does not decode");
    }

    private static int WebPOrientation(ReadOnlySpan<byte> file)
    {
        for (var at = 12; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > file.Length - at - 8)
            {
                return 1;
            }

            var body = file.Slice(at + 8, (int)length);
            if (file[at..].StartsWith("EXIF"u8))
            {
                return ExifOrientation.Read(body.StartsWith("Exif\0\0"u8) ? body[6..] : body);
            }

            at += 8 + (int)length + ((int)length & 1);
        }

        return 1;
    }

    private static int Little16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static int Little24(ReadOnlySpan<byte> bytes, int at) => Little16(bytes, at) | (bytes[at + 2] << 16);
}
