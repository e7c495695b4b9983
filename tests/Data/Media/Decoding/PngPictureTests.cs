using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;

namespace R1Reward.Data.Tests.Media.Decoding;

public sealed class PngPictureTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(84, 84)]
    public void What_is_written_is_read(int width, int height)
    {
        var image = SampleMedia.Picture(width, height);
        var read = Decode(image.Png());
        Assert.Equal(image.Size, read.Size);
        Assert.Equal(image.Rgb, read.Rgb);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_filter_is_undone(byte filter)
    {
        var image = SampleMedia.Picture(9, 6);
        Assert.Equal(image.Rgb, Decode(SampleMedia.Png(9, 6, 8, 2, false, Filtered(image, filter))).Rgb);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(13, 11)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void Interlaced_pictures_are_put_together(int width, int height)
    {
        var image = SampleMedia.Picture(width, height);
        Assert.Equal(image.Rgb, Decode(SampleMedia.Png(width, height, 8, 2, true, Interlaced(image))).Rgb);
    }

    [Fact]
    public void Grey_of_few_bits_spans_all_levels()
    {
        var rgb = Decode(SampleMedia.Png(4, 1, 2, 0, false, [0, 0b00_01_10_11])).Rgb;
        Assert.Equal([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255], rgb);
    }

    [Fact]
    public void Deep_grey_is_clipped_and_deep_colour_keeps_its_high_byte()
    {
        var grey = SampleMedia.Png(3, 1, 16, 0, false, [0, 0, 200, 1, 0, 0, 0]);
        Assert.Equal([200, 200, 200, 255, 255, 255, 0, 0, 0], Decode(grey).Rgb);
        Assert.Equal([1, 2, 3], Decode(SampleMedia.Png(1, 1, 16, 2, false, [0, 1, 99, 2, 99, 3, 99])).Rgb);
    }

    [Fact]
    public void Transparency_is_laid_on_white_or_dropped()
    {
        var half = SampleMedia.Png(2, 1, 8, 6, false, [0, 10, 20, 30, 0, 100, 0, 0, 128]);
        Assert.Equal([255, 255, 255, 177, 127, 127], Decode(half).Rgb);
        Assert.Equal([10, 20, 30, 100, 0, 0], Decode(half, ColourRule.Plain).Rgb);
    }

    [Fact]
    public void A_transparent_level_of_grey_is_laid_on_white_and_a_transparent_colour_of_rgb_is_passed_over()
    {
        var grey = SampleMedia.Png(2, 1, 8, 0, false, [0, 7, 8], ("tRNS", [0, 7]));
        Assert.Equal([255, 255, 255, 8, 8, 8], Decode(grey).Rgb);
        var deepGrey = SampleMedia.Png(2, 1, 16, 0, false, [0, 0, 7, 0, 8], ("tRNS", [0, 7]));
        Assert.Equal([255, 255, 255, 8, 8, 8], Decode(deepGrey).Rgb);
        var rgb = SampleMedia.Png(2, 1, 8, 2, false, [0, 1, 2, 3, 4, 5, 6], ("tRNS", [0, 1, 0, 2, 0, 3]));
        Assert.Equal([1, 2, 3, 4, 5, 6], Decode(rgb).Rgb);
    }

    /// <summary>
    /// Pixel 1 is at the top left of the stored picture, 2 at its right; each orientation says where they were seen.
    /// </summary>
    [Theory]
    [InlineData(1, "12/34")]
    [InlineData(2, "21/43")]
    [InlineData(3, "43/21")]
    [InlineData(4, "34/12")]
    [InlineData(5, "13/24")]
    [InlineData(6, "31/42")]
    [InlineData(7, "42/31")]
    [InlineData(8, "24/13")]
    public void A_camera_held_otherwise_is_turned_upright(int orientation, string seen)
    {
        byte[] exif = [.. "MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"u8, (byte)orientation, 0, 0];
        var file = SampleMedia.Png(2, 2, 8, 0, false, [0, 1, 2, 0, 3, 4], ("eXIf", exif));
        var rgb = Decode(file, ColourRule.Upright).Rgb;
        Assert.Equal(seen, $"{rgb[0]}{rgb[3]}/{rgb[6]}{rgb[9]}");
    }

    [Fact]
    public void A_file_cut_anywhere_is_corrupt()
    {
        var file = SampleMedia.Picture(20, 20).Png();
        for (var length = 1; length < file.Length; length += 7)
        {
            var error = Assert.Throws<MediaException>(() => Decode(file[..length]));
            Assert.Contains(error.Status, new[] { MediaStatus.Corrupt, MediaStatus.Unsupported });
        }
    }

    [Fact]
    public void A_flipped_byte_is_noticed()
    {
        var file = SampleMedia.Picture(20, 20).Png();
        file[file.Length / 2] ^= 0x10;
        Assert.Equal(MediaStatus.Corrupt, Assert.Throws<MediaException>(() => Decode(file)).Status);
    }

    private static RgbImage Decode(byte[] file, ColourRule rule = ColourRule.OnWhite) =>
        new MediaDecoder(new DecodingOptions { Colours = rule }).Picture(file);

    private static byte[] Filtered(RgbImage image, byte filter)
    {
        var rows = new List<byte>();
        for (var y = 0; y < image.Height; y++)
        {
            rows.Add(filter);
            for (var i = 0; i < 3 * image.Width; i++)
            {
                int At(int row, int column) => row < 0 || column < 0 ? 0 : image.Rgb[(row * 3 * image.Width) + column];
                var (left, above, corner) = (At(y, i - 3), At(y - 1, i), At(y - 1, i - 3));
                int[] nearest =
                    [.. new[] { left, above, corner }.OrderBy(value => Math.Abs(left + above - corner - value))];
                var predicted = filter switch
                {
                    1 => left,
                    2 => above,
                    3 => (left + above) / 2,
                    4 => nearest[0],
                    _ => 0,
                };
                rows.Add((byte)(At(y, i) - predicted));
            }
        }

        return [.. rows];
    }

    /// <summary>
    /// Rows in seven passes, straight from the standard's 8 x 8 table of which pixel belongs to which.
    /// </summary>
    private static byte[] Interlaced(RgbImage image)
    {
        string[] passes =
        [
            "16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777",
        ];
        var rows = new List<byte>();
        for (var pass = '1'; pass <= '7'; pass++)
        {
            for (var y = 0; y < image.Height; y++)
            {
                var columns = Enumerable.Range(0, image.Width).Where(x => passes[y % 8][x % 8] == pass).ToList();
                if (columns.Count > 0)
                {
                    rows.Add(0);
                    rows.AddRange(columns.SelectMany(x => image.Rgb.Skip(3 * ((y * image.Width) + x)).Take(3)));
                }
            }
        }

        return [.. rows];
    }
}
