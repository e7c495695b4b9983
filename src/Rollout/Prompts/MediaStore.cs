using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Rollout.Prompts;

/// <summary>
/// Media as one model takes them, loaded when they are first asked for; the newest are kept. May be used from many
/// threads at once.
/// </summary>
/// <param name="processor">Its preprocessing of pictures and videos; null where it does not see.</param>
/// <param name="config">How media stand in the model's prompts.</param>
/// <param name="sounds">Its preprocessing of sounds; null where it does not hear.</param>
/// <param name="keptBytes">Maximum of bytes of features that are kept.</param>
public sealed class MediaStore(
    MediaProcessor? processor,
    MediaConfig config,
    SoundProcessor? sounds = null,
    long keptBytes = MediaStore.DefaultKeptBytes)
{
    /// <summary>
    /// Maximum of bytes of features that are kept unless the caller says otherwise: some 25 large pictures.
    /// </summary>
    public const long DefaultKeptBytes = 256L << 20;

    private readonly Dictionary<MediaItem, LinkedListNode<MediaResult>> _kept = [];
    private readonly LinkedList<MediaResult> _byUse = new();
    private long _bytes;

    /// <summary>How media stand in the model's prompts.</summary>
    public MediaConfig Config { get; } = config;

    /// <summary>The store of a model folder; null where the model reads text only.</summary>
    /// <param name="modelFolder">Says how the model wants its media.</param>
    /// <param name="config">The model.</param>
    /// <param name="limits">What the run asks for beyond that.</param>
    /// <param name="decoding">How files become pixels.</param>
    /// <exception cref="UserErrorException">
    /// The folder does not say how media are prepared, or says it for another tower.
    /// </exception>
    public static MediaStore? Open(
        string modelFolder,
        ModelConfig config,
        MediaLimits? limits = null,
        DecodingOptions? decoding = null)
    {
        if (config.Media is not { } media)
        {
            return null;
        }

        var processor = media.Vision is null ? null : MediaProcessor.Load(modelFolder, limits, decoding);
        var sounds = media.Audio is null ? null : SoundProcessor.Load(modelFolder, decoding);
        if (processor is not null)
        {
            media.Vision!.RequirePatchesOf(processor.Pictures, modelFolder);
            media.Vision.RequireVideosOf(processor.Videos, modelFolder);
        }

        media.Audio?.RequireFeaturesOf(sounds!.Config, modelFolder);
        return new MediaStore(processor, media, sounds);
    }

    /// <summary>
    /// Loads items, each of which may turn out not to be readable; results are in the order of the items.
    /// </summary>
    /// <param name="items">Items whose paths are absolute or relative to the current folder.</param>
    /// <param name="cancel">Stops the loading.</param>
    public async Task<IReadOnlyList<MediaResult>> LoadAsync(IReadOnlyList<MediaItem> items, CancellationToken cancel) =>
        items.Count == 0 ? [] : await Task.WhenAll(items.Select(item => LoadAsync(item, cancel))).ConfigureAwait(false);

    private async Task<MediaResult> LoadAsync(MediaItem item, CancellationToken cancel)
    {
        if (Find(item) is { } known)
        {
            return known;
        }

        var loaded = DataUri.Matches(item.Path)
            ? await InlineAsync(item, cancel).ConfigureAwait(false)
            : await FileAsync(item, cancel).ConfigureAwait(false);
        if (loaded.IsReady)
        {
            Keep(loaded with { Item = item });
        }

        return loaded;
    }

    private Task<MediaResult> FileAsync(MediaItem item, CancellationToken cancel) =>
        (item.Kind, processor, sounds) switch
        {
            (MediaKind.Audio, _, { } hears) => hears.LoadAsync(item, "", cancel),
            (not MediaKind.Audio, { } sees, _) => sees.LoadAsync(item, "", cancel),
            _ => Task.FromResult(NotRead(item)),
        };

    /// <summary>
    /// A picture or sound that stands in its own address. Messages name the item: the beginning of the address has to
    /// do.
    /// </summary>
    private Task<MediaResult> InlineAsync(MediaItem item, CancellationToken cancel)
    {
        var named = item with { Path = item.Path[..Math.Min(item.Path.Length, 40)] + "..." };
        if (!DataUri.TryDecode(item.Path, out var file) || item.Kind == MediaKind.Video)
        {
            var what = item.Kind == MediaKind.Audio ? "sound" : "picture";
            return Task.FromResult(new MediaResult(named, MediaStatus.Unsupported, null, $"is no {what} in base64"));
        }

        return (item.Kind, processor, sounds) switch
        {
            (MediaKind.Audio, _, { } hears) => hears.LoadAsync(named, file, cancel),
            (MediaKind.Image, { } sees, _) => sees.LoadAsync(named, file, cancel),
            _ => Task.FromResult(NotRead(named)),
        };
    }

    private static MediaResult NotRead(MediaItem item) => new(
        item,
        MediaStatus.Unsupported,
        null,
        item.Kind == MediaKind.Audio
            ? "is a sound, and this model does not hear"
            : "is to be seen, and this model does not see");

    private MediaResult? Find(MediaItem item)
    {
        lock (_kept)
        {
            if (!_kept.TryGetValue(item, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    private void Keep(MediaResult loaded)
    {
        lock (_kept)
        {
            if (_kept.ContainsKey(loaded.Item))
            {
                return;
            }

            _kept.Add(loaded.Item, _byUse.AddFirst(loaded));
            _bytes += Bytes(loaded);
            while (_bytes > keptBytes && _byUse.Last is { } oldest)
            {
                _bytes -= Bytes(oldest.Value);
                _kept.Remove(oldest.Value.Item);
                _byUse.RemoveLast();
            }
        }
    }

    private static long Bytes(MediaResult loaded) => loaded.Features!.Values.LongLength * sizeof(float);
}
