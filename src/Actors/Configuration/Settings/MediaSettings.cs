using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Media;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How pictures and videos are read and prepared.</summary>
public sealed record MediaSettings
{
    /// <summary>Sizes and frames that the run asks for.</summary>
    public required MediaLimits Limits { get; init; }

    /// <summary>How files become pixels.</summary>
    public required DecodingOptions Decoding { get; init; }

    /// <summary>Reads the keys under <c>r1reward.model.media</c>.</summary>
    public static MediaSettings Read(SettingsReader reader)
    {
        const string prefix = "r1reward.model.media.";
        var settings = new MediaSettings
        {
            Limits = new MediaLimits
            {
                Rule = reader.OneOf<MediaRule>(prefix + "rule"),
                MinPixels = Asked("min-pixels"),
                MaxPixels = Asked("max-pixels"),
                TotalPixels = Asked("total-pixels"),
                FramesPerSecond = reader.Number(prefix + "frames-per-second", 0, 1000) is > 0 and var rate
                    ? rate
                    : null,
                Frames = Asked("frames"),
                MinFrames = Asked("min-frames"),
                MaxFrames = Asked("max-frames"),
            },
            Decoding = new DecodingOptions
            {
                Colours = reader.OneOf<ColourRule>(prefix + "colours"),
                MaxPixels = reader.Whole(prefix + "max-source-pixels", 1, 1 << 28),
                Timeout = reader.Duration(prefix + "timeout"),
                Ffmpeg = reader.Text(prefix + "ffmpeg"),
                Ffprobe = reader.Text(prefix + "ffprobe"),
            },
        };
        if (settings.Limits.MinPixels > settings.Limits.MaxPixels)
        {
            reader.Refuse(prefix + "max-pixels", $"write at least min-pixels, which is {settings.Limits.MinPixels}");
        }

        if (settings.Limits.MinFrames > settings.Limits.MaxFrames)
        {
            reader.Refuse(prefix + "max-frames", $"write at least min-frames, which is {settings.Limits.MinFrames}");
        }

        if (settings.Limits is { Frames: not null, FramesPerSecond: not null })
        {
            reader.Refuse(prefix + "frames", "write 0, or set frames-per-second to 0: only one of them can hold");
        }

        return settings;

        int? Asked(string key) => reader.Whole(prefix + key, 0) is > 0 and var value ? value : null;
    }
}
