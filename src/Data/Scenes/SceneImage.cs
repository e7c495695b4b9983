using R1Reward.Data.Media.Png;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>
/// Draws scenes: cells of 28 x 28 pixels (one visual token of the Qwen models), thin grid lines, smoothed edges.
/// </summary>
public static class SceneImage
{
    /// <summary>Pixels per side of a cell.</summary>
    public const int CellPixels = 28;

    private const int Samples = 4;

    private static readonly (byte R, byte G, byte B)[] Inks =
    [
        (214, 40, 40), (33, 93, 214), (34, 150, 66), (240, 196, 25),
    ];
    private static readonly (double X, double Y)[] Star = [.. Enumerable.Range(0, 10).Select(i =>
    {
        var (angle, radius) = (i * Math.PI / 5, i % 2 == 0 ? 1.0 : 0.42);
        return (radius * Math.Sin(angle), -radius * Math.Cos(angle));
    })];

    // The share of each pixel of a cell that a shape covers, shape after shape.
    private static readonly double[][] Stencils = [.. Enum.GetValues<SceneShape>().Select(shape =>
        Enumerable.Range(0, CellPixels * CellPixels)
            .Select(pixel => Coverage(shape, pixel % CellPixels, pixel / CellPixels))
            .ToArray())];

    /// <summary>
    /// A PNG of the size of a scene in which nothing is to be seen: every level of every pixel is drawn by itself.
    /// </summary>
    public static byte[] Noise(int grid, CounterRandom random)
    {
        var side = grid * CellPixels;
        var rgb = new byte[3 * side * side];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)random.Next(256);
        }

        return PngWriter.Encode(rgb, side, side);
    }

    /// <summary>The scene as a PNG of grid * 28 pixels per side.</summary>
    public static byte[] Draw(Scene scene)
    {
        var side = scene.Grid * CellPixels;
        var rgb = new byte[3 * side * side];
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                Put(
                    rgb,
                    (y * side) + x,
                    x % CellPixels == 0 || y % CellPixels == 0
                        ? ((byte)225, (byte)225, (byte)225)
                        : ((byte)255, (byte)255, (byte)255),
                    1);
            }
        }

        foreach (var seen in scene.Objects)
        {
            DrawObject(rgb, side, seen);
        }

        return PngWriter.Encode(rgb, side, side);
    }

    private static void DrawObject(byte[] rgb, int side, SceneObject seen)
    {
        for (var y = 1; y < CellPixels; y++)
        {
            for (var x = 1; x < CellPixels; x++)
            {
                var at = (((seen.Cell.Row * CellPixels) + y) * side) + (seen.Cell.Column * CellPixels) + x;
                Put(rgb, at, Inks[(int)seen.Colour], Stencils[(int)seen.Shape][(y * CellPixels) + x]);
            }
        }
    }

    /// <summary>The share of a pixel that the shape covers, from 4 x 4 sample points.</summary>
    private static double Coverage(SceneShape shape, int x, int y)
    {
        var inside = 0;
        for (var i = 0; i < Samples * Samples; i++)
        {
            var (dx, dy) = ((i % Samples) + 0.5, (i / Samples) + 0.5);
            inside += Covers(shape, Centred(x + (dx / Samples)), Centred(y + (dy / Samples))) ? 1 : 0;
        }

        return inside / (double)(Samples * Samples);

        static double Centred(double pixel) => (pixel - (CellPixels / 2.0)) / (CellPixels * 0.4);
    }

    /// <summary>Whether a shape covers a point; it lies in [-1, 1] x [-1, 1] with y downwards.</summary>
    private static bool Covers(SceneShape shape, double x, double y) => shape switch
    {
        SceneShape.Circle => (x * x) + (y * y) <= 1,
        SceneShape.Square => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.85,
        SceneShape.Triangle => y <= 0.85 && Math.Abs(x) <= (y + 1) * 0.54,
        SceneShape.Star => InsideStar(x, y),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
    };

    private static bool InsideStar(double x, double y)
    {
        var inside = false;
        for (int i = 0, j = Star.Length - 1; i < Star.Length; j = i++)
        {
            var (a, b) = (Star[i], Star[j]);
            if (a.Y > y != b.Y > y && x < ((b.X - a.X) * (y - a.Y) / (b.Y - a.Y)) + a.X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static void Put(byte[] rgb, int pixel, (byte R, byte G, byte B) ink, double share)
    {
        rgb[3 * pixel] = Blend(rgb[3 * pixel], ink.R);
        rgb[(3 * pixel) + 1] = Blend(rgb[(3 * pixel) + 1], ink.G);
        rgb[(3 * pixel) + 2] = Blend(rgb[(3 * pixel) + 2], ink.B);

        byte Blend(byte under, byte over) => (byte)Math.Round((under * (1 - share)) + (over * share));
    }
}
