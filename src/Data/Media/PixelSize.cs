namespace R1Reward.Data.Media;

/// <summary>The size of a picture, height first as in the grids of the vision towers.</summary>
/// <param name="Height">The number of rows.</param>
/// <param name="Width">The number of pixels in a row.</param>
public readonly record struct PixelSize(int Height, int Width)
{
    /// <summary>Width, then height, as people write it: <c>1280 x 720</c>.</summary>
    public override string ToString() => $"{Width} x {Height}";
}
