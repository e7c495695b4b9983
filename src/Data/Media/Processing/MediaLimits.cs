namespace R1Reward.Data.Media.Processing;

/// <summary>What a run asks of pictures and videos; whatever is null is as the model's folder says.</summary>
public sealed record MediaLimits
{
    /// <summary>The published program whose preprocessing is followed.</summary>
    public MediaRule Rule { get; init; } = MediaRule.Transformers;

    /// <summary>The smallest number of pixels of a picture or frame after resizing.</summary>
    public int? MinPixels { get; init; }

    /// <summary>The largest number of pixels of a picture or frame after resizing.</summary>
    public int? MaxPixels { get; init; }

    /// <summary>
    /// Maximum number of pixels of all frames of a video together, counted per temporal group; only under the rules of
    /// qwen-vl-utils.
    /// </summary>
    public int? TotalPixels { get; init; }

    /// <summary>
    /// Frames per second to take from a video; excludes <see cref="Frames"/>. Where neither is set here or in the
    /// model's folder: 2.
    /// </summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>How many frames to take from a video, whatever its length.</summary>
    public int? Frames { get; init; }

    /// <summary>The smallest number of frames when they are taken by the second; 4 where it is null.</summary>
    public int? MinFrames { get; init; }

    /// <summary>The largest number of frames when they are taken by the second; 768 where it is null.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>All that is wrong with these limits, one sentence each; empty when they can be used.</summary>
    public IEnumerable<string> Errors()
    {
        if (MinPixels < 1 || MaxPixels < 1 || TotalPixels < 1 || MinPixels > MaxPixels)
        {
            yield return $"pixels {MinPixels}-{MaxPixels}, total {TotalPixels}: "
                + "give positive numbers, the smaller limit first";
        }

        if (FramesPerSecond is not (null or (> 0 and < 1000)))
        {
            yield return $"frames per second {FramesPerSecond}: give a number above 0";
        }

        if (Frames < 1 || MinFrames < 1 || MaxFrames < 1 || MinFrames > MaxFrames)
        {
            yield return $"frames {Frames}, {MinFrames}-{MaxFrames}: give positive numbers, the smaller limit first";
        }

        if (FramesPerSecond is not null && Frames is not null)
        {
            yield return "frames per second and a number of frames exclude each other: give one of them";
        }
    }
}
