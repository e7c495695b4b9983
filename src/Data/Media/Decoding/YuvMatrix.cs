namespace R1Reward.Data.Media.Decoding;

/// <summary>From luma and chroma to red, green and blue (ITU-R BT.601), in 16-bit fixed point.</summary>
internal sealed class YuvMatrix
{
    private const int Fraction = 16;
    private readonly int _luma, _black, _redOfRed, _greenOfBlue, _greenOfRed, _blueOfBlue;

    private YuvMatrix(double luma, int black, double chroma)
    {
        (_luma, _black) = (Fixed(luma), black);
        (_redOfRed, _greenOfBlue) = (Fixed(1.402 * chroma), Fixed(-0.344136 * chroma));
        (_greenOfRed, _blueOfBlue) = (Fixed(-0.714136 * chroma), Fixed(1.772 * chroma));
    }

    /// <summary>All levels from 0 to 255 are used: JPEG.</summary>
    public static YuvMatrix Full { get; } = new(1, 0, 1);

    /// <summary>Luma from 16 to 235, chroma from 16 to 240: lossy WebP.</summary>
    public static YuvMatrix Limited { get; } = new(255 / 219.0, 16, 255 / 224.0);

    /// <summary>Writes one pixel's red, green and blue.</summary>
    public void Write(byte luma, byte blue, byte red, Span<byte> rgb)
    {
        var (y, u, v) = ((luma - _black) * _luma, blue - 128, red - 128);
        rgb[0] = Clip(y + (v * _redOfRed));
        rgb[1] = Clip(y + (u * _greenOfBlue) + (v * _greenOfRed));
        rgb[2] = Clip(y + (u * _blueOfBlue));
    }

    private static byte Clip(int value) => (byte)Math.Clamp((value + (1 << (Fraction - 1))) >> Fraction, 0, 255);

    private static int Fixed(double factor) => (int)Math.Round(factor * (1 << Fraction));
}
