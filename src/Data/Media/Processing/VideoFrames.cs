namespace R1Reward.Data.Media.Processing;

/// <summary>The evaluators' choice of video frames.</summary>
public static class VideoFrames
{
    /// <summary>How many frames the published evaluators show.</summary>
    public const int Published = 32;

    /// <summary>
    /// Indices of an even spacing from the first to the last of <paramref name="frames"/> frames, truncated toward
    /// zero; short videos repeat frames. In floating point, step by step, as the published code computes it.
    /// </summary>
    public static IReadOnlyList<int> Pick(int frames, int count = Published)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var step = (frames - 1) / (double)(count - 1);
        return [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? frames - 1 : (int)(i * step))];
    }
}
