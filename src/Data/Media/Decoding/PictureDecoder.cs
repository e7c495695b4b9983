using System.Buffers.Binary;
using R1Reward.Data.Media.Png;
using SkiaSharp;

namespace R1Reward.Data.Media.Decoding;

/// <summary>
/// Decodes PNG, JPEG, WebP and GIF by Skia, within this process. Its codecs give Pillow's pixels to the last level;
/// what differs is settled here: 16-bit grey (<see cref="DeepGrey"/>), the transparent colour of an RGB picture, EXIF
/// in PNG. Colour profiles are not followed, as in the published loaders.
/// </summary>
internal static class PictureDecoder
{
    /// <summary>Decodes a whole file; of an animation the first frame.</summary>
    /// <exception cref="MediaException">The file is damaged, cut, too large or of another format.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, DecodingOptions options)
    {
        RequireWhole(file);
        var deepGrey = DeepGrey.Matches(file);
        using var data = SKData.CreateCopy(deepGrey ? DeepGrey.Split(file) : file);
        using var stream = new SKMemoryStream(data);
        using var codec = SKCodec.Create(stream);
        if (codec is null)
        {
            throw new MediaException(MediaStatus.Corrupt, "has a damaged header");
        }

        var size = new PixelSize(codec.Info.Height, codec.Info.Width);
        options.Check(size);
        var rgba = Pixels(codec);
        if (deepGrey)
        {
            DeepGrey.Join(file, rgba);
        }

        // The published preprocessing leaves a picture that is RGB already as it is, whatever colour is named
        // transparent.
        var isRgb = PngFile.ColourType(file) == PngFile.Rgb;
        var rule = isRgb && options.Colours == ColourRule.OnWhite ? ColourRule.Plain : options.Colours;
        return new Raster(size, rgba).ToRgb(rule, Orientation(file, codec));
    }

    /// <summary>
    /// Refuses what is none of the four formats, and a PNG or JPEG without its end: Skia, like Pillow, forgives a
    /// missing end where the pixels are complete, but such a file was cut, and here that is an error.
    /// </summary>
    private static void RequireWhole(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            throw new MediaException(MediaStatus.Corrupt, "is empty");
        }

        ReadOnlySpan<byte> end = file switch
        {
            _ when file.StartsWith(PngFile.Signature) => PngFile.End,
            [0xFF, 0xD8, ..] => [0xFF, 0xD9],
            _ when file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) || IsWebP(file) => [],
            _ => throw new MediaException(MediaStatus.Unsupported, "is neither PNG, JPEG, WebP nor GIF"),
        };
        if (file.LastIndexOf(end) < 0)
        {
            throw new MediaException(MediaStatus.Corrupt, "has no end: it was cut");
        }
    }

    /// <summary>Four bytes per pixel in sRGB order, colours not multiplied by alpha.</summary>
    private static byte[] Pixels(SKCodec codec)
    {
        // Without a colour space in the request nothing is converted from the file's.
        var wanted = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        return codec.GetPixels(wanted, out var rgba) switch
        {
            SKCodecResult.Success => rgba,
            SKCodecResult.IncompleteInput =>
                throw new MediaException(MediaStatus.Corrupt, "ends in the middle of its pixels"),
            SKCodecResult.Unimplemented =>
                throw new MediaException(MediaStatus.Unsupported, "has pixels of a kind that is not decoded here"),
            var result => throw new MediaException(MediaStatus.Corrupt, $"has damaged pixels ({result})"),
        };
    }

    /// <summary>
    /// The EXIF orientation. Skia reports it for JPEG; in PNG and in a WebP that follows older writers it finds none.
    /// </summary>
    private static int Orientation(ReadOnlySpan<byte> file, SKCodec codec) => codec.EncodedFormat switch
    {
        SKEncodedImageFormat.Png => ExifOrientation.Read(PngFile.Chunk(file, "eXIf"u8)),
        SKEncodedImageFormat.Webp => ExifOrientation.Read(WebPExif(file)),
        _ => (int)codec.EncodedOrigin,
    };

    private static bool IsWebP(ReadOnlySpan<byte> file) =>
        file.StartsWith("RIFF"u8) && file.Length > 12 && file[8..].StartsWith("WEBP"u8);

    /// <summary>The EXIF chunk of a WebP, without the prefix that some writers put before it as in JPEG.</summary>
    private static ReadOnlySpan<byte> WebPExif(ReadOnlySpan<byte> file)
    {
        // A chunk is its type, its length and its data, filled up to an even length.
        for (var at = 12; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > file.Length - at - 8)
            {
                break;
            }

            var data = file.Slice(at + 8, (int)length);
            if (file[at..].StartsWith("EXIF"u8))
            {
                return data.StartsWith("Exif\0\0"u8) ? data[6..] : data;
            }

            at += 8 + (int)(length + (length & 1));
        }

        return [];
    }
}
