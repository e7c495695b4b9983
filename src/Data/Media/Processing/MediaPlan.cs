namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Decides which frames of a video are taken, and to which sizes pictures and frames are brought before they are cut:
/// the model's configurations under the limits of a run. Nothing is decoded here.
/// </summary>
internal sealed class MediaPlan
{
    private readonly MediaLimits _limits;

    /// <summary>Applies the limits to both configurations.</summary>
    /// <exception cref="UserErrorException">The limits contradict themselves.</exception>
    public MediaPlan(PreprocessorConfig pictures, PreprocessorConfig videos, MediaLimits limits)
    {
        if (limits.Errors().ToList() is { Count: > 0 } errors)
        {
            throw new UserErrorException("media limits: " + string.Join("; ", errors));
        }

        _limits = limits;
        Pictures = Limited(pictures, limits);

        // Qwen3-VL's limits are those of all frames together; where qwen-vl-utils comes first, a run's are its.
        Videos = videos.Qwen3Video && limits.Rule is MediaRule.QwenVlUtils or MediaRule.QwenVlUtils008
            ? videos
            : Limited(videos, limits);
    }

    /// <summary>How pictures are prepared, the run's limits included.</summary>
    public PreprocessorConfig Pictures { get; }

    /// <summary>How videos are prepared, the run's limits included.</summary>
    public PreprocessorConfig Videos { get; }

    // MM-Reward has pictures only.
    private MediaRule VideoRule => _limits.Rule == MediaRule.MmReward ? MediaRule.Transformers : _limits.Rule;

    /// <summary>Which frames of a video are taken, in rising order.</summary>
    /// <param name="total">How many frames the video has.</param>
    /// <param name="rate">Its frames per second.</param>
    /// <exception cref="MediaException">The video is too short for what is asked.</exception>
    public IReadOnlyList<int> FrameIndices(int total, double rate)
    {
        var wanted = _limits with
        {
            FramesPerSecond = _limits.FramesPerSecond ?? Videos.FramesPerSecond,
            MinFrames = Videos.MinFrames,
            MaxFrames = Videos.MaxFrames,
        };
        return VideoRule switch
        {
            MediaRule.Transformers when Videos.Qwen3Video => FrameSampling.Qwen3(total, rate, wanted),
            MediaRule.Transformers =>
                [.. FrameSampling.Transformers(total, rate, wanted).Where(index => index < total)],
            var rule => FrameSampling.QwenVlUtils(total, rate, _limits, rule == MediaRule.QwenVlUtils008),
        };
    }

    /// <summary>
    /// The sizes a picture takes one after the other: that of qwen-vl-utils or MM-Reward where their rule is followed,
    /// then the processor's.
    /// </summary>
    public IReadOnlyList<PixelSize> PictureSizes(PixelSize source)
    {
        var factor = Pictures.Factor;
        var min = Pictures.MinPixels;
        var max = Pictures.MaxPixels;
        var first = _limits.Rule switch
        {
            MediaRule.Transformers => source,
            MediaRule.MmReward => SmartResize.MmReward(source),
            _ => NotEmpty(SmartResize.QwenVlUtils(source, factor, min, max)),
        };
        var last = SmartResize.Transformers(first, factor, min, max);
        return first == source ? [last] : [first, last];
    }

    /// <summary>The sizes that each of so many frames takes one after the other.</summary>
    /// <exception cref="MediaException">The frames are too thin, or all of them together too large.</exception>
    public IReadOnlyList<PixelSize> FrameSizes(int frames, PixelSize source)
    {
        var first = VideoRule == MediaRule.Transformers
            ? source
            : NotEmpty(
                SmartResize.QwenVlUtilsFrame(
                    frames, source, Videos.Factor, _limits, VideoRule == MediaRule.QwenVlUtils008));
        var last = Videos.Qwen3Video
            ? SmartResize.Qwen3Video(
                frames, first, Videos.Factor, Videos.MinPixels, Videos.MaxPixels, Videos.TemporalPatchSize)
            : SmartResize.Transformers(first, Videos.Factor, Videos.MinPixels, Videos.MaxPixels);
        return 3L * (frames + Videos.TemporalPatchSize) * last.Height * last.Width <= Array.MaxLength
            ? [first, last]
            : throw new MediaException(
                MediaStatus.TooLarge,
                $"would be {frames} frames of {last} pixels, more than one array holds; lower the pixels or the "
                + "frames");
    }

    private static PixelSize NotEmpty(PixelSize size) => size.Height > 0 && size.Width > 0
        ? size
        : throw new MediaException(MediaStatus.Unusable, $"would be {size} pixels: too thin for so few pixels");

    private static PreprocessorConfig Limited(PreprocessorConfig config, MediaLimits limits)
    {
        var limited = config with
        {
            MinPixels = limits.MinPixels ?? config.MinPixels,
            MaxPixels = limits.MaxPixels ?? config.MaxPixels,
            MinFrames = limits.MinFrames ?? config.MinFrames,
            MaxFrames = limits.MaxFrames ?? config.MaxFrames,
        };
        return limited.MinPixels <= limited.MaxPixels ? limited : throw new UserErrorException(
            $"media limits: at least {limited.MinPixels} and at most {limited.MaxPixels} pixels contradict each "
                + "other; set both");
    }
}
