namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Which frames of a video the published programs take. They differ in rounding and in float32 against float64, and so
/// does this, to the frame.
/// </summary>
public static class FrameSampling
{
    /// <summary>Frames per second where neither the model nor the user sets them.</summary>
    public const double DefaultFramesPerSecond = 2;

    /// <summary>The smallest number of frames when they are taken by the second.</summary>
    public const int DefaultMinFrames = 4;

    /// <summary>The largest number of frames when they are taken by the second.</summary>
    public const int DefaultMaxFrames = 768;

    /// <summary>Frames come in pairs: temporal groups of two.</summary>
    private const int Pair = 2;

    /// <summary>
    /// The choice of transformers' video processor for Qwen2-VL and Qwen2.5-VL: an even number of frames, the integer
    /// parts of i * total / n. 24 frames at 8 per second, 2 per second wanted: 0, 4, 8, 12, 16, 20. As published, the
    /// last index can be <paramref name="total"/> by rounding (301 frames, 62 wanted): the caller drops it.
    /// </summary>
    /// <exception cref="MediaException">More frames are wanted than there are, or there are fewer than two.</exception>
    public static IReadOnlyList<int> Transformers(int total, double sourceRate, MediaLimits wanted)
    {
        var count = wanted.Frames is { } asked ? RoundToPair(asked) : FloorToPair(Clamp(
            total / sourceRate * (wanted.FramesPerSecond ?? DefaultFramesPerSecond),
            wanted.MinFrames ?? DefaultMinFrames,
            FloorToPair(Math.Min(wanted.MaxFrames ?? DefaultMaxFrames, total))));
        Check(count, total);
        var step = total / (double)count;

        // The published range ends below `total` in exact arithmetic; rounding can admit one more index, which is
        // `total` itself.
        return [.. Enumerable.Range(0, (int)Math.Ceiling(total / step)).Select(i => (int)(i * (float)step))];
    }

    /// <summary>
    /// Qwen3-VL's choice: any number of frames, evenly spaced from the first to the last; repeated where more are
    /// wanted than there are.
    /// </summary>
    public static IReadOnlyList<int> Qwen3(int total, double sourceRate, MediaLimits wanted)
    {
        var count = wanted.Frames ?? Math.Min(total, (int)Clamp(
            (int)(total / sourceRate * (wanted.FramesPerSecond ?? DefaultFramesPerSecond)),
            wanted.MinFrames ?? DefaultMinFrames,
            wanted.MaxFrames ?? DefaultMaxFrames));
        var step = count == 1 ? 0 : (total - 1) / (double)(count - 1);
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Round(i * step, MidpointRounding.ToEven))];
    }

    /// <summary>
    /// The choice of qwen-vl-utils: an even number of frames, evenly spaced from the first to the last, in float32.
    /// </summary>
    /// <exception cref="MediaException">More frames are wanted than there are, or there are fewer than two.</exception>
    public static IReadOnlyList<int> QwenVlUtils(int total, double sourceRate, MediaLimits wanted, bool release008)
    {
        var count = QwenVlUtilsCount(total, sourceRate, wanted, release008);
        var step = (total - 1) / (float)(count - 1);

        // From both ends inwards, as linspace computes it: the rounding errors of the two halves mirror each other.
        return [.. Enumerable.Range(0, count).Select(i => (int)MathF.Round(
            i < count / 2 ? i * step : total - 1 - ((count - 1 - i) * step), MidpointRounding.ToEven))];
    }

    /// <summary>
    /// How many frames <see cref="QwenVlUtils"/> takes. Release 0.0.8 rounds to even without looking at the video's
    /// length.
    /// </summary>
    /// <exception cref="MediaException">More frames are wanted than there are, or there are fewer than two.</exception>
    public static int QwenVlUtilsCount(int total, double sourceRate, MediaLimits wanted, bool release008)
    {
        if (wanted.Frames is { } asked)
        {
            return Check(RoundToPair(asked), total);
        }

        var min = ((wanted.MinFrames ?? DefaultMinFrames) + Pair - 1) / Pair * Pair;
        var max = FloorToPair(wanted.MaxFrames ?? Math.Min(DefaultMaxFrames, total));
        var frames = Clamp(total / sourceRate * (wanted.FramesPerSecond ?? DefaultFramesPerSecond), min, max);
        return Check(release008 ? RoundToPair(frames) : FloorToPair(Math.Min(frames, total)), total);
    }

    /// <summary>
    /// At most <paramref name="max"/>, and otherwise at least <paramref name="min"/>: the upper limit wins, as a
    /// short clip needs.
    /// </summary>
    private static double Clamp(double value, double min, double max) => Math.Min(Math.Max(value, min), max);

    private static int FloorToPair(double frames) => (int)Math.Floor(frames / Pair) * Pair;

    private static int RoundToPair(double frames) => (int)Math.Round(frames / Pair, MidpointRounding.ToEven) * Pair;

    private static int Check(int count, int total) =>
        count is >= Pair && count <= total ? count : throw TooFew(count, total);

    private static MediaException TooFew(int count, int total) =>
        new(MediaStatus.Unusable, $"has {total} frames, and {Math.Max(count, Pair)} are wanted");
}
