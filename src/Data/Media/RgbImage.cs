namespace R1Reward.Data.Media;

/// <summary>A picture of 8 bits per channel.</summary>
/// <param name="Width">The number of pixels in a row.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="Rgb">Rows from the top, three bytes per pixel: 3 * width * height bytes.</param>
public sealed record RgbImage(int Width, int Height, byte[] Rgb)
{
    /// <summary>Height and width together, as resizing takes them.</summary>
    public PixelSize Size => new(Height, Width);
}
