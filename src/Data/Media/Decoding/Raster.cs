namespace R1Reward.Data.Media.Decoding;

/// <summary>A decoded picture before transparency and orientation are settled.</summary>
/// <param name="Size">Height and width as stored.</param>
/// <param name="Rgba">Rows from the top, four bytes per pixel, colours not multiplied by alpha.</param>
internal sealed record Raster(PixelSize Size, byte[] Rgba)
{
    /// <summary>Lays the picture on white or drops its alpha, and turns it upright, as the rule says.</summary>
    public RgbImage ToRgb(ColourRule rule, int orientation)
    {
        var rgb = new byte[Rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < Rgba.Length; from += 4, to += 3)
        {
            var alpha = rule == ColourRule.OnWhite ? Rgba[from + 3] : 255;
            rgb[to] = OnWhite(Rgba[from], alpha);
            rgb[to + 1] = OnWhite(Rgba[from + 1], alpha);
            rgb[to + 2] = OnWhite(Rgba[from + 2], alpha);
        }

        var image = new RgbImage(Size.Width, Size.Height, rgb);
        return rule == ColourRule.Upright ? ExifOrientation.Apply(image, orientation) : image;
    }

    /// <summary>A level over white, divided by 255 with 7 bits to spare as Pillow's compositing does.</summary>
    private static byte OnWhite(byte level, int alpha)
    {
        if (alpha == 255)
        {
            return level;
        }

        var sum = ((level * alpha) + (255 * (255 - alpha)) + 128) << 7;
        return (byte)(((sum >> 8) + sum) >> 15);
    }
}
