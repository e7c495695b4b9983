using R1Reward.Data.Media.Fetching;

namespace R1Reward.Data.Media.Decoding;

/// <summary>How files become pixels, and what is refused.</summary>
public sealed record DecodingOptions
{
    /// <summary>How transparency and orientation are treated.</summary>
    public ColourRule Colours { get; init; } = ColourRule.OnWhite;

    /// <summary>
    /// Maximum number of pixels of a picture or video frame, read from the file's header before anything is decoded.
    /// 2^28 at most; the default is 2^27, which is 11,585 per side.
    /// </summary>
    public long MaxPixels { get; init; } = 1L << 27;

    /// <summary>The largest picture file in bytes, 1 GiB at most; videos are not read into memory.</summary>
    public int MaxFileBytes { get; init; } = 1 << 28;

    /// <summary>Limits of pictures at http and https addresses; null: they are not fetched.</summary>
    public FetchOptions? Fetch { get; init; }

    /// <summary>How long one ffmpeg process may run on a video.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The ffmpeg program, release 4.4 or later: a name on the path or a file.</summary>
    public string Ffmpeg { get; init; } = "ffmpeg";

    /// <summary>The ffprobe program of the same release.</summary>
    public string Ffprobe { get; init; } = "ffprobe";

    /// <summary>Refuses a picture of more than <see cref="MaxPixels"/>.</summary>
    /// <exception cref="MediaException">It has more, or none.</exception>
    internal void Check(PixelSize size)
    {
        if (size.Width <= 0 || size.Height <= 0)
        {
            throw new MediaException(MediaStatus.Corrupt, $"says it is {size} pixels");
        }

        if ((long)size.Width * size.Height > MaxPixels)
        {
            throw new MediaException(MediaStatus.TooLarge, $"{size} pixels, over the limit of {MaxPixels:N0}");
        }
    }
}
