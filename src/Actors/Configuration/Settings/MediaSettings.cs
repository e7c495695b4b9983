using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Media;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How pictures and videos are read and prepared.</summary>
public sealed record MediaSettings
{
    private const string Section = "r1reward.model.media.";

    /// <summary>Sizes and frames that the run asks for.</summary>
    public required MediaLimits Limits { get; init; }

    /// <summary>How files become pixels.</summary>
    public required DecodingOptions Decoding { get; init; }

    /// <summary>Reads the keys under <c>r1reward.model.media</c>.</summary>
    public static MediaSettings Read(SettingsReader reader)
    {
        var settings = new MediaSettings
        {
            Limits = new MediaLimits
            {
                Rule = reader.OneOf<MediaRule>(Section + "rule"),
                MinPixels = Asked("min-pixels"),
                MaxPixels = Asked("max-pixels"),
                TotalPixels = Asked("total-pixels"),
                FramesPerSecond = reader.Number(Section + "frames-per-second", 0, 1000) is > 0 and var rate
                    ? rate
                    : null,
                Frames = Asked("frames"),
                MinFrames = Asked("min-frames"),
                MaxFrames = Asked("max-frames"),
            },
            Decoding = new DecodingOptions
            {
                Colours = reader.OneOf<ColourRule>(Section + "colours"),
                MaxPixels = reader.Whole(Section + "max-source-pixels", 1, 1 << 28),
                Timeout = reader.Duration(Section + "timeout"),
                Fetch = FetchFrom(reader),
                Ffmpeg = reader.Text(Section + "ffmpeg"),
                Ffprobe = reader.Text(Section + "ffprobe"),
            },
        };
        if (settings.Limits.MinPixels > settings.Limits.MaxPixels)
        {
            reader.Refuse(Section + "max-pixels", $"write at least min-pixels, which is {settings.Limits.MinPixels}");
        }

        if (settings.Limits.MinFrames > settings.Limits.MaxFrames)
        {
            reader.Refuse(Section + "max-frames", $"write at least min-frames, which is {settings.Limits.MinFrames}");
        }

        if (settings.Limits is { Frames: not null, FramesPerSecond: not null })
        {
            reader.Refuse(Section + "frames", "write 0, or set frames-per-second to 0: only one of them can hold");
        }

        return settings;

        int? Asked(string key) => reader.Whole(Section + key, 0) is > 0 and var value ? value : null;
    }

    // The limits are read, and wrong ones told, whether they are used or not.
    private static FetchOptions? FetchFrom(SettingsReader reader)
    {
        var options = new FetchOptions
        {
            MaxBytes = (int)Math.Min(reader.Bytes(Section + "fetch-max-size"), 1 << 28),
            Timeout = reader.Duration(Section + "fetch-timeout"),
            AllowPrivate = reader.Flag(Section + "allow-private"),
        };
        return reader.Flag(Section + "fetch") ? options : null;
    }
}
