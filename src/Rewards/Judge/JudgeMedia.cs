using R1Reward.Data.Media;
using R1Reward.Data.Media.Fetching;

namespace R1Reward.Rewards.Judge;

/// <summary>Pictures and sounds as parts of a judge's message.</summary>
public static class JudgeMedia
{
    /// <summary>The part that shows a picture or plays a sound.</summary>
    /// <param name="item">The medium.</param>
    /// <param name="files">Reads files of media.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="MediaException">The file cannot be had, or is of a kind that requests do not carry.</exception>
    public static async Task<JudgePart> ReadAsync(
        MediaItem item, PictureFiles files, CancellationToken cancellation)
    {
        if (item.Kind == MediaKind.Video || (item.Kind == MediaKind.Audio && MediaPath.IsRemote(item.Path)))
        {
            throw new MediaException(
                MediaStatus.Unsupported, "is a video, or a sound on another machine; requests carry neither");
        }

        var bytes = await files.ReadAsync(item.Path, cancellation).ConfigureAwait(false);
        if (item.Kind == MediaKind.Image)
        {
            return new JudgePart.Picture(PictureFormat.MediaTypeOf(bytes) ?? "image/png", bytes);
        }

        return SoundFormat.NameOf(bytes) is { } format
            ? new JudgePart.Sound(format, bytes)
            : throw new MediaException(MediaStatus.Unsupported, "is neither WAV, FLAC, MP3 nor Ogg");
    }
}
