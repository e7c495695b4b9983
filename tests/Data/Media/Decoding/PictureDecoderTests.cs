using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;

namespace R1Reward.Data.Tests.Media.Decoding;

public sealed class PictureDecoderTests
{
    private readonly MediaDecoder _decoder = new();

    [Theory]
    [InlineData("yuvj420p", 37, 23)]
    [InlineData("yuvj422p", 37, 23)]
    [InlineData("yuvj444p", 37, 23)]
    [InlineData("yuvj420p", 64, 48)]
    public void Jpeg_of_every_chroma_size_is_decoded(string pixels, int width, int height)
    {
        var image = SampleMedia.Gradient(width, height);
        var file = SampleMedia.Encode(image, "-pix_fmt", pixels, "-q:v", "2", "-c:v", "mjpeg", "-f", "image2pipe");
        var decoded = _decoder.Picture(file);
        Assert.Equal(image.Size, decoded.Size);
        Assert.InRange(image.Rgb.Zip(decoded.Rgb).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 5);
    }

    [Fact]
    public void Lossless_webp_is_decoded_without_loss()
    {
        var image = SampleMedia.Picture(24, 18);
        var file = SampleMedia.Encode(image, "-c:v", "libwebp", "-lossless", "1", "-f", "webp");
        Assert.Equal(image.Rgb, _decoder.Picture(file).Rgb);
    }

    [Theory]
    [InlineData("gif", "gif")]
    [InlineData("libwebp_anim", "webp")]
    public void Of_an_animation_the_first_frame_is_decoded(string codec, string container)
    {
        var black = new RgbImage(16, 16, new byte[3 * 16 * 16]);
        var file = SampleMedia.Encode(
            black, "-vf", "loop=3:1,negate=enable='gte(n,1)'", "-c:v", codec, "-f", container);
        Assert.Equal(black.Rgb, _decoder.Picture(file).Rgb);
    }

    [Theory]
    [InlineData("mjpeg", "image2pipe")]
    [InlineData("libwebp", "webp")]
    [InlineData("gif", "gif")]
    public void A_cut_file_is_corrupt(string codec, string container)
    {
        var file = SampleMedia.Encode(SampleMedia.Picture(64, 64), "-c:v", codec, "-f", container);
        foreach (var length in new[] { 0, 3, 15, file.Length / 4, file.Length / 2, file.Length * 9 / 10 })
        {
            var error = Assert.Throws<MediaException>(() => _decoder.Picture(file.AsSpan(0, length)));
            Assert.Contains(error.Status, new[] { MediaStatus.Corrupt, MediaStatus.Unsupported });
        }
    }

    /// <summary>
    /// In this file the last byte before the end mark completes the last pixel, so that the decoder misses nothing.
    /// </summary>
    [Fact]
    public void A_jpeg_with_all_its_pixels_but_without_its_end_is_corrupt()
    {
        var file = SampleMedia.Encode(
            SampleMedia.Gradient(40, 24), "-pix_fmt", "yuvj444p", "-q:v", "3", "-c:v", "mjpeg", "-f", "image2pipe");
        var error = Assert.Throws<MediaException>(() => _decoder.Picture(file.AsSpan(0, file.Length - 1)));
        Assert.Equal((MediaStatus.Corrupt, "has no end: it was cut"), (error.Status, error.Message));
    }

    [Fact]
    public void A_picture_of_another_format_is_not_handed_to_a_decoder()
    {
        var file = SampleMedia.Encode(SampleMedia.Picture(8, 8), "-c:v", "bmp", "-f", "image2pipe");
        Assert.Equal(MediaStatus.Unsupported, Assert.Throws<MediaException>(() => _decoder.Picture(file)).Status);
    }

    /// <summary>The refusal must come from the header: none of these files has the pixels it promises.</summary>
    [Fact]
    public void A_bomb_is_refused_by_its_header()
    {
        var jpeg = SampleMedia.Encode(SampleMedia.Gradient(16, 16), "-c:v", "mjpeg", "-f", "image2pipe");
        var at = jpeg.AsSpan().IndexOf((byte[])[0xFF, 0xC0]);
        byte[] bigEndian = [0xC3, 0x50, 0xC3, 0x50];
        bigEndian.CopyTo(jpeg, at + 5);
        var gif = SampleMedia.Encode(SampleMedia.Gradient(16, 16), "-f", "gif");
        byte[] littleEndian = [0x50, 0xC3, 0x50, 0xC3];
        littleEndian.CopyTo(gif, 6);
        foreach (var file in new[] { SampleMedia.Bomb(50_000, 50_000), jpeg, gif })
        {
            var error = Assert.Throws<MediaException>(() => _decoder.Picture(file));
            Assert.Equal(MediaStatus.TooLarge, error.Status);
            Assert.Equal("50000 x 50000 pixels, over the limit of 134,217,728", error.Message);
        }
    }

    [Fact]
    public void A_picture_over_the_limit_asked_for_is_refused()
    {
        var decoder = new MediaDecoder(new DecodingOptions { MaxPixels = 99 });
        var error = Assert.Throws<MediaException>(() => decoder.Picture(SampleMedia.Picture(10, 10).Png()));
        Assert.Equal(MediaStatus.TooLarge, error.Status);
    }

    /// <summary>
    /// Orientation 6: the first stored row was seen at the right. Some writers prefix the block as JPEG does.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("Exif\0\0")]
    public void A_webp_from_a_turned_camera_is_turned_upright(string prefix)
    {
        var image = SampleMedia.Picture(24, 18);
        var plain = SampleMedia.Encode(image, "-pix_fmt", "bgra", "-c:v", "libwebp", "-lossless", "1", "-f", "webp");
        var upright = new MediaDecoder(
            new DecodingOptions { Colours = ColourRule.Upright }).Picture(WithExif(plain, prefix));
        Assert.Equal(new PixelSize(24, 18), upright.Size);
        Assert.Equal(image.Rgb.Take(3), upright.Rgb.Skip(3 * 17).Take(3));
    }

    /// <summary>A WebP in its extended form: a header with flags and size, the picture, a block of EXIF.</summary>
    private static byte[] WithExif(byte[] plain, string prefix)
    {
        byte[] exif =
        [
            .. System.Text.Encoding.ASCII.GetBytes(prefix),
            .. "MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"u8, 6, 0, 0, 0, 0, 0, 0,
        ];
        byte[] header = [.. "VP8X"u8, .. BitConverter.GetBytes(10), 0x18, 0, 0, 0, 23, 0, 0, 17, 0, 0];
        byte[] body =
        [
            .. "WEBP"u8, .. header, .. plain[12..], .. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }
}
