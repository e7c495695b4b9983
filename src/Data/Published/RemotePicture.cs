using R1Reward.Data.Media.Png;

namespace R1Reward.Data.Published;

/// <summary>Makes pictures into files as the published <c>/compute</c> client does.</summary>
public static class RemotePicture
{
    /// <summary>
    /// A PNG of pixels in [0, 1]. Values become bytes by cutting off, not rounding; what lies outside is clamped first.
    /// </summary>
    /// <param name="chw">Three planes (red, green, blue) of rows from the top: 3 * height * width values.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    public static byte[] FromUnit(ReadOnlySpan<float> chw, int width, int height)
    {
        var plane = width * height;
        if (chw.Length != 3 * plane)
        {
            throw new ArgumentException(
                $"{width} x {height} pixels need {3 * plane} values, got {chw.Length}", nameof(chw));
        }

        var rgb = new byte[chw.Length];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)(Math.Clamp(chw[(i % 3 * plane) + (i / 3)], 0f, 1f) * 255f);
        }

        return PngWriter.Encode(rgb, width, height);
    }
}
