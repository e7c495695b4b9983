namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Pillow's bicubic resize, bit for bit: the kernel with a = -0.5, widened by the factor of a reduction so that it
/// smooths; two passes, each rounded and clipped to 8 bits; weights normalised per output pixel and kept in 22-bit
/// fixed point. The horizontal pass comes first, except where more than twice as many rows fall away as columns: Pillow
/// 13 then begins with the vertical one. Earlier releases never do, and differ there by a few levels.
/// </summary>
public static class BicubicResize
{
    private const int Fraction = 22;
    private const int Half = 1 << (Fraction - 1);
    private const double Reach = 2;

    /// <summary>A copy of a picture at another size; the picture itself where the size is its own.</summary>
    public static RgbImage To(RgbImage source, PixelSize size)
    {
        var (rows, columns) = (source.Height - size.Height, source.Width - size.Width);
        return rows > 0 && rows > 2 * columns
            ? Horizontal(Vertical(source, size.Height), size.Width)
            : Vertical(Horizontal(source, size.Width), size.Height);
    }

    private static RgbImage Horizontal(RgbImage source, int width)
    {
        if (width == source.Width)
        {
            return source;
        }

        var taps = Taps.For(source.Width, width);
        var rgb = new byte[3 * width * source.Height];
        for (var y = 0; y < source.Height; y++)
        {
            var row = source.Rgb.AsSpan(3 * source.Width * y, 3 * source.Width);
            var target = rgb.AsSpan(3 * width * y, 3 * width);
            for (var x = 0; x < width; x++)
            {
                var weights = taps.Weights[x];
                var pixels = row.Slice(3 * taps.First[x], 3 * weights.Length);
                int red = Half, green = Half, blue = Half;
                for (var k = 0; k < weights.Length; k++)
                {
                    red += pixels[3 * k] * weights[k];
                    green += pixels[(3 * k) + 1] * weights[k];
                    blue += pixels[(3 * k) + 2] * weights[k];
                }

                target[3 * x] = Clip(red);
                target[(3 * x) + 1] = Clip(green);
                target[(3 * x) + 2] = Clip(blue);
            }
        }

        return new RgbImage(width, source.Height, rgb);
    }

    private static RgbImage Vertical(RgbImage source, int height)
    {
        if (height == source.Height)
        {
            return source;
        }

        var taps = Taps.For(source.Height, height);
        var stride = 3 * source.Width;
        var rgb = new byte[stride * height];
        var sums = new int[stride];
        for (var y = 0; y < height; y++)
        {
            Array.Fill(sums, Half);
            for (var k = 0; k < taps.Weights[y].Length; k++)
            {
                var weight = taps.Weights[y][k];
                var row = source.Rgb.AsSpan(stride * (taps.First[y] + k), stride);
                for (var i = 0; i < sums.Length && i < row.Length; i++)
                {
                    sums[i] += row[i] * weight;
                }
            }

            var target = rgb.AsSpan(stride * y, stride);
            for (var i = 0; i < sums.Length && i < target.Length; i++)
            {
                target[i] = Clip(sums[i]);
            }
        }

        return new RgbImage(source.Width, height, rgb);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> Fraction, 0, 255);

    /// <summary>The source pixels of each output pixel along one axis.</summary>
    /// <param name="First">The index of the first source pixel that counts.</param>
    /// <param name="Weights">Their weights in fixed point.</param>
    private readonly record struct Taps(int[] First, int[][] Weights)
    {
        public static Taps For(int source, int target)
        {
            var scale = source / (double)target;
            var widening = Math.Max(1, scale);
            var narrowing = 1 / widening;
            var taps = new Taps(new int[target], new int[target][]);
            for (var i = 0; i < target; i++)
            {
                var centre = (i + 0.5) * scale;
                var first = Math.Max(0, (int)(centre - (Reach * widening) + 0.5));
                var end = Math.Min(source, (int)(centre + (Reach * widening) + 0.5));
                var weights = Enumerable.Range(first, end - first)
                    .Select(x => Kernel((x - centre + 0.5) * narrowing))
                    .ToArray();
                var sum = weights.Sum();
                taps.First[i] = first;
                taps.Weights[i] = [.. weights.Select(weight => Fixed(weight / sum))];
            }

            return taps;
        }

        private static int Fixed(double weight) => (int)((weight * (1 << Fraction)) + (weight < 0 ? -0.5 : 0.5));

        private static double Kernel(double x)
        {
            const double a = -0.5;
            x = Math.Abs(x);
            return x < 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
                : x < Reach ? ((((x - 5) * x) + 8) * x - 4) * a
                : 0;
        }
    }
}
