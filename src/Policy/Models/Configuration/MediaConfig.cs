using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>How media stand in the prompts of a model: which ids stand for them, and how often.</summary>
/// <param name="Vision">The side that reads pictures and videos.</param>
public sealed record MediaConfig(VisionConfig Vision)
{
    /// <summary>Ids that stand for media in a prompt.</summary>
    public IReadOnlyList<int> TokenIds => [Vision.ImageTokenId, Vision.VideoTokenId];

    /// <summary>The kind of medium that a token is a placeholder of; null for text.</summary>
    public MediaKind? KindOf(long id)
    {
        if (id == Vision.ImageTokenId)
        {
            return MediaKind.Image;
        }

        return id == Vision.VideoTokenId ? MediaKind.Video : null;
    }

    /// <summary>How many tokens a medium has in a prompt.</summary>
    public int TokensOf(MediaFeatures item) => ((MediaPatches)item).Grid.Tokens(Vision.MergeSize);
}
