using R1Reward.Data.Media.Decoding;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Turns pictures and videos into the patches of one model's vision tower: decode, resize, normalise, cut. May be used
/// from many threads at once.
/// </summary>
public sealed class MediaProcessor
{
    /// <summary>Frames per second that a folder of frames is taken to show, unless the limits say otherwise.</summary>
    private const double FolderRate = FrameSampling.DefaultFramesPerSecond;

    private readonly MediaLimits _limits;
    private readonly MediaPlan _plan;
    private readonly MediaDecoder _decoder;

    /// <summary>A processor from configurations at hand.</summary>
    /// <param name="pictures">How the model wants pictures.</param>
    /// <param name="videos">How the model wants videos.</param>
    /// <param name="limits">What the run asks for.</param>
    /// <param name="decoding">How files become pixels, and what is refused.</param>
    /// <exception cref="UserErrorException">The limits contradict themselves.</exception>
    public MediaProcessor(
        PreprocessorConfig pictures,
        PreprocessorConfig videos,
        MediaLimits? limits = null,
        DecodingOptions? decoding = null)
    {
        _limits = limits ?? new MediaLimits();
        _plan = new MediaPlan(pictures, videos, _limits);
        _decoder = new MediaDecoder(decoding);
    }

    /// <summary>How pictures are prepared, the run's limits included.</summary>
    public PreprocessorConfig Pictures => _plan.Pictures;

    /// <summary>How videos are prepared, the run's limits included.</summary>
    public PreprocessorConfig Videos => _plan.Videos;

    /// <summary>The processor of a model's folder.</summary>
    /// <exception cref="UserErrorException">The folder's preprocessing files are missing or ask for something that is
    /// not done here, or the limits contradict themselves.</exception>
    public static MediaProcessor Load(
        string modelFolder, MediaLimits? limits = null, DecodingOptions? decoding = null) =>
        new(
            PreprocessorFiles.ReadPictures(modelFolder),
            PreprocessorFiles.ReadVideos(modelFolder),
            limits,
            decoding);

    /// <summary>Resizes a decoded picture and cuts it into patches.</summary>
    /// <exception cref="MediaException">The picture is too long and thin.</exception>
    public MediaPatches Process(RgbImage image) =>
        PatchCutter.Cut(
            MediaKind.Image, [Resized(image, _plan.PictureSizes(image.Size))], Pictures, secondsPerGroup: 0);

    /// <summary>Frames of a video, already chosen and all of one size, as patches.</summary>
    /// <param name="frames">The frames in order; an odd one out is repeated.</param>
    /// <param name="sampledFps">How many of these frames make a second of the video.</param>
    /// <exception cref="MediaException">The frames are too long and thin, or of different sizes.</exception>
    public MediaPatches Process(IReadOnlyList<RgbImage> frames, double sampledFps)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampledFps);
        if (frames.FirstOrDefault(frame => frame.Size != frames[0].Size) is { } other)
        {
            throw new MediaException(
                MediaStatus.Unusable, $"has frames of {frames[0].Size} and of {other.Size} pixels");
        }

        var sizes = _plan.FrameSizes(frames.Count, frames[0].Size);
        return Cut([.. frames.Select(frame => Resized(frame, sizes))], sampledFps, sampledFps);
    }

    /// <summary>
    /// Reads, decodes and prepares an item. Whatever is wrong with the item is in the result; of a video only the
    /// frames that are wanted are decoded to pixels, and each is resized as it comes.
    /// </summary>
    /// <param name="item">The picture or video; a video may be a folder of frames.</param>
    /// <param name="baseFolder">What the item's path is relative to.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public Task<MediaResult> LoadAsync(MediaItem item, string baseFolder, CancellationToken cancellation) =>
        MediaResult.OfAsync(
        item,
        async () =>
        {
            var path = MediaPath.Resolve(item.Path, baseFolder);
            return item.Kind switch
            {
                MediaKind.Image when MediaPath.IsRemote(path) =>
                    Process(await _decoder.RemotePictureAsync(path, cancellation).ConfigureAwait(false)),
                MediaKind.Video when MediaPath.IsRemote(path) => throw new MediaException(
                    MediaStatus.Unsupported,
                    "is an address of another machine, and videos are not fetched; download the file, name its path"),
                MediaKind.Image => Process(await _decoder.PictureAsync(path, cancellation).ConfigureAwait(false)),
                MediaKind.Video when Directory.Exists(path) =>
                    await FolderAsync(path, cancellation).ConfigureAwait(false),
                MediaKind.Video => await VideoAsync(path, cancellation).ConfigureAwait(false),
                _ => throw new MediaException(MediaStatus.Unsupported, "is a sound, and this model does not hear"),
            };
        },
        cancellation);

    /// <summary>Decodes and prepares a picture whose file is at hand, under the same rules.</summary>
    /// <param name="item">Names the picture in the result.</param>
    /// <param name="file">The whole file, as it would lie on disk.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public Task<MediaResult> LoadAsync(MediaItem item, ReadOnlyMemory<byte> file, CancellationToken cancellation) =>
        MediaResult.OfAsync(
        item,
        () => Task.FromResult<MediaFeatures>(Process(_decoder.Picture(file.Span))),
        cancellation);

    private async Task<MediaPatches> VideoAsync(string path, CancellationToken cancellation)
    {
        var video = await _decoder.ProbeAsync(path, cancellation).ConfigureAwait(false);
        var wanted = _plan.FrameIndices(video.Frames, video.FramesPerSecond);
        var sizes = _plan.FrameSizes(wanted.Count, video.Size);
        var frames = new List<RgbImage>(wanted.Count);
        await _decoder.FramesAsync(
            path, video, wanted, frame => frames.Add(Resized(frame, sizes)), cancellation).ConfigureAwait(false);
        var rate = video.FramesPerSecond;
        return Cut(frames, wanted.Count / (double)video.Frames * rate, rate, wanted);
    }

    /// <summary>
    /// A folder's frames count as chosen already; a wanted number of them is picked as the published evaluators do.
    /// </summary>
    private async Task<MediaPatches> FolderAsync(string folder, CancellationToken cancellation)
    {
        var files = MediaDecoder.FrameFiles(folder);
        var max = _limits.Frames ?? (files.Count > Videos.MaxFrames ? Videos.MaxFrames : null as int?);
        var wanted = max is { } count and > 1
            ? VideoFrames.Pick(files.Count, count)
            : [.. Enumerable.Range(0, max ?? files.Count)];
        var frames = new List<RgbImage>(wanted.Count);
        IReadOnlyList<PixelSize>? sizes = null;
        PixelSize? first = null;
        foreach (var index in wanted)
        {
            var frame = await _decoder.PictureAsync(files[index], cancellation).ConfigureAwait(false);
            if (frame.Size != (first ??= frame.Size))
            {
                throw new MediaException(MediaStatus.Unusable, $"has frames of {first} and of {frame.Size} pixels");
            }

            frames.Add(Resized(frame, sizes ??= _plan.FrameSizes(wanted.Count, frame.Size)));
        }

        var rate = _limits.FramesPerSecond ?? FolderRate;
        return Cut(frames, rate, rate);
    }

    /// <summary>Cuts frames; without numbers of their own they count as all frames of a video.</summary>
    private MediaPatches Cut(
        IReadOnlyList<RgbImage> frames, double sampledFps, double rate, IReadOnlyList<int>? indices = null)
    {
        var depth = Videos.TemporalPatchSize;
        return PatchCutter.Cut(MediaKind.Video, frames, Videos, depth / sampledFps) with
        {
            Times = VideoTimes.OfGroups(indices ?? [.. Enumerable.Range(0, frames.Count)], rate, depth),
        };
    }

    private static RgbImage Resized(RgbImage image, IReadOnlyList<PixelSize> sizes) =>
        sizes.Aggregate(image, BicubicResize.To);
}
