using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>How media stand in the prompts of a model: which ids stand for them, and how often.</summary>
/// <param name="Vision">The side that reads pictures and videos; null where the model does not see.</param>
/// <param name="Audio">The side that reads sounds; null where the model does not hear.</param>
public sealed record MediaConfig(VisionConfig? Vision, AudioConfig? Audio = null)
{
    /// <summary>Ids that stand for media in a prompt.</summary>
    public IReadOnlyList<int> TokenIds =>
    [
        .. Vision is null ? (int[])[] : [Vision.ImageTokenId, Vision.VideoTokenId],
        .. Audio is null ? (int[])[] : [Audio.TokenId],
    ];

    /// <summary>Whether the model reads media of a kind.</summary>
    public bool Reads(MediaKind kind) => kind == MediaKind.Audio ? Audio is not null : Vision is not null;

    /// <summary>The kind of medium that a token is a placeholder of; null for text.</summary>
    public MediaKind? KindOf(long id)
    {
        if (id == Audio?.TokenId)
        {
            return MediaKind.Audio;
        }

        if (id == Vision?.ImageTokenId)
        {
            return MediaKind.Image;
        }

        return id == Vision?.VideoTokenId ? MediaKind.Video : null;
    }

    /// <summary>How many tokens a medium has in a prompt.</summary>
    /// <exception cref="InvalidOperationException">The model has no tower for it.</exception>
    public int TokensOf(MediaFeatures item) => (item, Vision) switch
    {
        (SoundFeatures sound, _) => sound.Tokens,
        (MediaPatches patches, { } vision) => patches.Grid.Tokens(vision.MergeSize),
        _ => throw new InvalidOperationException($"a medium of kind {item.Kind} for a model without a vision tower"),
    };
}
