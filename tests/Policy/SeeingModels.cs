using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Tests;

/// <summary>Small models with a tower of any family.</summary>
internal static class SeeingModels
{
    /// <summary>
    /// The decoder of <see cref="Some.Config"/> as the family has it, with four more ids: picture, video, and the marks
    /// around what is seen.
    /// </summary>
    internal static ModelConfig Of(VisionFamily family, int depth, int width) => Some.Config with
    {
        Family = family.Decoder,
        QueryBias = family.Decoder.AlwaysQueryBias,
        HeadSize = 8,
        VocabularySize = Some.Config.VocabularySize + 4,
        Vision = new VisionConfig
        {
            Family = family,
            Depth = depth,
            Width = width,
            OutputWidth = Some.Config.HiddenSize,
            Heads = 2,
            IntermediateSize = 2 * width,
            PatchSize = 2,
            WindowSize = family.HasWindows ? 16 : 0,
            FullAttentionBlocks = family.HasWindows ? [0] : [],
            PositionsPerSide = family.HasPositionTable ? 3 : 0,
            DeepStackBlocks = family.HasDeepStack ? [0, depth - 1] : [],
            RotarySections = [1, 1, 2],
            ImageTokenId = Some.Config.VocabularySize,
            VideoTokenId = Some.Config.VocabularySize + 1,
            GroupTokenIds = family.ShowsTimes
                ? (Some.Config.VocabularySize + 2, Some.Config.VocabularySize + 3)
                : default,
        },
    };
}
