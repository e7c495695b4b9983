using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Data.Validation;

/// <summary>
/// Whether media can be shown: pictures are decoded, of videos the header is read, of sounds the first seconds are
/// decoded, of remote addresses only what a name tells. A file that several pairs share is looked at once.
/// </summary>
/// <param name="decode">Whether files are opened; else it is only looked whether they are there.</param>
internal sealed class MediaCheck(bool decode)
{
    private const int MaxKept = 200_000;

    // What is wrong with a sound shows in its first seconds, or as a length that the file does not have.
    private const int SoundSeconds = 30;

    private readonly MediaDecoder _decoder = new();
    private readonly SoundProcessor _sounds = new(new SoundConfig { Seconds = SoundSeconds });
    private readonly Dictionary<MediaItem, string?> _known = [];

    /// <summary>What is wrong with a medium; null where nothing is.</summary>
    internal string? ProblemOf(MediaItem item)
    {
        if (DataUri.Matches(item.Path))
        {
            return decode ? Try(() => Inside(item)) : null;
        }

        if (_known.TryGetValue(item, out var known))
        {
            return known;
        }

        var problem = MediaPath.IsRemote(item.Path) ? "is on another machine; fetch it" : Try(() => OnDisk(item));
        if (_known.Count < MaxKept)
        {
            _known.Add(item, problem);
        }

        return problem;
    }

    private static string? Try(Action look)
    {
        try
        {
            look();
            return null;
        }
        catch (MediaException wrong)
        {
            return $"{wrong.Status}: {wrong.Message}";
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return $"{MediaStatus.Unreadable}: {wrong.Message}";
        }
    }

    private static void Require(MediaResult sound)
    {
        if (!sound.IsReady)
        {
            throw new MediaException(sound.Status, sound.Reason);
        }
    }

    private void Inside(MediaItem item)
    {
        if (!DataUri.TryDecode(item.Path, out var file))
        {
            throw new MediaException(MediaStatus.Corrupt, "is no base64");
        }

        switch (item.Kind)
        {
            case MediaKind.Image:
                _decoder.Picture(file);
                break;
            case MediaKind.Audio:
                Require(_sounds.LoadAsync(item, file, default).GetAwaiter().GetResult());
                break;
        }
    }

    private void OnDisk(MediaItem item)
    {
        if (!Path.Exists(item.Path))
        {
            throw new MediaException(MediaStatus.Missing, "does not exist");
        }

        if (!decode)
        {
            return;
        }

        switch (item.Kind)
        {
            case MediaKind.Image:
                _decoder.PictureAsync(item.Path, default).GetAwaiter().GetResult();
                break;
            case MediaKind.Video when Directory.Exists(item.Path):
                MediaDecoder.FrameFiles(item.Path);
                break;
            case MediaKind.Video:
                _decoder.ProbeAsync(item.Path, default).GetAwaiter().GetResult();
                break;
            case MediaKind.Audio:
                Require(_sounds.LoadAsync(item, "", default).GetAwaiter().GetResult());
                break;
        }
    }
}
