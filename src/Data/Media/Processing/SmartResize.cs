namespace R1Reward.Data.Media.Processing;

/// <summary>
/// The sizes that Qwen's vision towers take: both sides multiples of a factor (patch size times merge size), the number
/// of pixels within limits, the proportions nearly kept. Sides are rounded half to even and computed in float64 in the
/// order of the published code, since some of them land on an exact integer.
/// </summary>
public static class SmartResize
{
    /// <summary>The longer side may be this many times the shorter one.</summary>
    public const int MaxAspectRatio = 200;

    /// <summary>
    /// The rule of transformers' image processors. A side below half a factor rounds to 0, which then counts as too few
    /// pixels: 12 x 300 (height x width) with factor 28 and at least 3136 pixels becomes 28 x 280.
    /// </summary>
    /// <exception cref="MediaException">The picture is too long and thin.</exception>
    public static PixelSize Transformers(PixelSize source, int factor, long minPixels, long maxPixels) =>
        Fit(source, factor, minPixels, maxPixels, minRounded: 0, minReduced: factor);

    /// <summary>
    /// The rule of qwen-vl-utils, which starts from at least one factor per side: 12 x 300 becomes 28 x 308. When it
    /// has to reduce, a side can come out as 0: 10 x 2000 with at most 12,000 pixels becomes 0 x 1540.
    /// </summary>
    /// <exception cref="MediaException">The picture is too long and thin.</exception>
    public static PixelSize QwenVlUtils(PixelSize source, int factor, long minPixels, long maxPixels) =>
        Fit(source, factor, minPixels, maxPixels, minRounded: factor, minReduced: 0);

    /// <summary>
    /// MM-Reward's enlargement of a small picture: the shorter side becomes 28 pixels, the proportions are kept, and
    /// fractions are cut off. Larger pictures stay as they are.
    /// </summary>
    /// <example>9 x 3 (height x width) becomes 84 x 28.</example>
    public static PixelSize MmReward(PixelSize source)
    {
        const int least = 28;
        if (source.Height >= least && source.Width >= least)
        {
            return source;
        }

        var scale = Math.Max(least / (double)source.Height, least / (double)source.Width);
        return new PixelSize((int)(source.Height * scale), (int)(source.Width * scale));
    }

    /// <summary>
    /// Qwen3-VL's rule for the frames of a video: a frame with a side below the factor is enlarged first, and the
    /// limits hold for all frames together. Whether they hold is judged by whole temporal groups, half a group rounded
    /// to even as published: five frames count as four then, and seven as eight.
    /// </summary>
    /// <exception cref="MediaException">Too long and thin, or fewer frames than one temporal group.</exception>
    public static PixelSize Qwen3Video(
        int frames, PixelSize source, int factor, long minPixels, long maxPixels, int groupFrames = 2)
    {
        if (frames < groupFrames)
        {
            throw new MediaException(
                MediaStatus.Unusable, $"{frames} frame, and the model takes at least {groupFrames}");
        }

        var enlarged = Math.Max(1, Math.Max(factor / (double)source.Height, factor / (double)source.Width));
        var grouped = (int)Math.Round(frames / (double)groupFrames, MidpointRounding.ToEven) * groupFrames;
        source = new PixelSize((int)(source.Height * enlarged), (int)(source.Width * enlarged));
        return Fit(source, factor, minPixels, maxPixels, minRounded: 0, minReduced: factor, frames, grouped);
    }

    /// <summary>
    /// The frame size of qwen-vl-utils: its picture rule under a cap that shrinks as frames are added.
    /// </summary>
    /// <param name="frames">How many frames are taken of the video.</param>
    /// <param name="source">The size of a frame as it is stored.</param>
    /// <param name="factor">Patch size times merge size.</param>
    /// <param name="limits">What the user asks for; missing limits have the published values.</param>
    /// <param name="release008">Whether an explicit largest size overrides the cap, as in release 0.0.8; later ones
    /// take the smaller.</param>
    /// <exception cref="MediaException">The frames are too long and thin.</exception>
    public static PixelSize QwenVlUtilsFrame(
        int frames, PixelSize source, int factor, MediaLimits limits, bool release008)
    {
        var unit = factor * factor;
        var minPixels = limits.MinPixels ?? 128 * unit;
        var total = limits.TotalPixels ?? (release008 ? 24576.0 : 0.9 * 128000) * unit;
        var cap = Math.Max(Math.Min(768.0 * unit, total / frames * 2), (int)(minPixels * 1.05));
        var maxPixels = limits.MaxPixels is { } asked ? (release008 ? asked : Math.Min(asked, cap)) : cap;
        return Fit(source, factor, minPixels, maxPixels, minRounded: factor, minReduced: 0);
    }

    private static PixelSize Fit(
        PixelSize source,
        int factor,
        double minPixels,
        double maxPixels,
        int minRounded,
        int minReduced,
        int frames = 1,
        int grouped = 1)
    {
        double height = source.Height, width = source.Width;
        if (Math.Max(height, width) / Math.Min(height, width) > MaxAspectRatio)
        {
            throw new MediaException(
                MediaStatus.Unusable,
                $"{source} pixels: the longer side may be at most {MaxAspectRatio} times the shorter one");
        }

        var high = Math.Max(minRounded, Math.Round(height / factor, MidpointRounding.ToEven) * factor);
        var wide = Math.Max(minRounded, Math.Round(width / factor, MidpointRounding.ToEven) * factor);
        if (grouped * high * wide > maxPixels)
        {
            var beta = Math.Sqrt(frames * height * width / maxPixels);
            high = Math.Max(minReduced, Math.Floor(height / beta / factor) * factor);
            wide = Math.Max(minReduced, Math.Floor(width / beta / factor) * factor);
        }
        else if (grouped * high * wide < minPixels)
        {
            var beta = Math.Sqrt(minPixels / (frames * height * width));
            high = Math.Ceiling(height * beta / factor) * factor;
            wide = Math.Ceiling(width * beta / factor) * factor;
        }

        return new PixelSize((int)high, (int)wide);
    }
}
