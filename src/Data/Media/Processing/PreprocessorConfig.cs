namespace R1Reward.Data.Media.Processing;

/// <summary>
/// How a model wants its pictures, or its videos. The defaults are Qwen2-VL's; <see cref="PreprocessorFiles"/> reads
/// the values of a model's folder.
/// </summary>
public sealed record PreprocessorConfig
{
    /// <summary>What a file of Qwen3-VL's video processor means where it leaves values out.</summary>
    public static PreprocessorConfig OfQwen3Videos { get; } = new()
    {
        PatchSize = 16,
        MinPixels = 32 * 32 * 128,
        MaxPixels = 32 * 32 * 768,
        Mean = [0.5, 0.5, 0.5],
        Deviation = [0.5, 0.5, 0.5],
        FramesPerSecond = FrameSampling.DefaultFramesPerSecond,
        Qwen3Video = true,
    };

    /// <summary>Pixels per side of a patch.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>How many frames one patch spans.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches per side of the square that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>The smallest number of pixels after resizing.</summary>
    public int MinPixels { get; init; } = 56 * 56;

    /// <summary>The largest number of pixels after resizing.</summary>
    public int MaxPixels { get; init; } = 28 * 28 * 1280;

    /// <summary>What a level from 0 to 255 is multiplied by before the mean is subtracted.</summary>
    public double RescaleFactor { get; init; } = 1 / 255.0;

    /// <summary>Mean of red, green and blue.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>Standard deviation of red, green and blue.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>
    /// Frames per second that the model's own processor takes from a video; null where it leaves that to the caller.
    /// </summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The smallest number of frames when they are taken by the second.</summary>
    public int MinFrames { get; init; } = FrameSampling.DefaultMinFrames;

    /// <summary>The largest number of frames when they are taken by the second.</summary>
    public int MaxFrames { get; init; } = FrameSampling.DefaultMaxFrames;

    /// <summary>
    /// Whether videos follow Qwen3-VL's rules: size limits for all frames together, frames up to the last one.
    /// </summary>
    public bool Qwen3Video { get; init; }

    /// <summary>What both sides of a resized picture are multiples of.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>All that is wrong with the values, a phrase each; empty when they can be used.</summary>
    internal IEnumerable<string> Errors()
    {
        if (PatchSize < 1 || TemporalPatchSize < 1 || MergeSize < 1)
        {
            yield return $"patch sizes {PatchSize}, {TemporalPatchSize}, {MergeSize} are not all positive";
        }

        if (MinPixels < 1 || MinPixels > MaxPixels)
        {
            yield return $"pixel limits {MinPixels}-{MaxPixels} are not a range";
        }

        if (!double.IsFinite(RescaleFactor) || RescaleFactor <= 0)
        {
            yield return $"rescale_factor {RescaleFactor} is not positive";
        }

        if (FramesPerSecond is { } rate && !(double.IsFinite(rate) && rate > 0))
        {
            yield return $"fps {rate} is not positive";
        }

        if (MinFrames < 1 || MinFrames > MaxFrames)
        {
            yield return $"frame limits {MinFrames}-{MaxFrames} are not a range";
        }

        if (Mean.Count != 3 || Deviation.Count != 3 || Deviation.Any(value => !(value > 0))
            || !Mean.Concat(Deviation).All(double.IsFinite))
        {
            yield return "image_mean and image_std are not three numbers each, the latter positive";
        }
    }
}
