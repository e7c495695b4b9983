using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tests.Models.Vision;

namespace R1Reward.Policy.Tests.Models.Audio;

/// <summary>Small models that hear, and sounds for them.</summary>
internal static class HearingModels
{
    internal const int Image = MediaInputsTests.Image, Video = MediaInputsTests.Video, Sound = 3, Bins = 8;

    internal static ModelConfig WholeSounds { get; } = Config(AudioFamily.Qwen2, 0) with { Vision = null };

    internal static ModelConfig Omni { get; } = Config(AudioFamily.Qwen25Omni, 8);

    internal static IReadOnlyList<ModelConfig> All { get; } = [WholeSounds, Omni];

    /// <summary>A sound of some columns; seed and column decide its values.</summary>
    internal static SoundFeatures Noise(int columns, int seed)
    {
        var stored = columns + 2;
        return new(
            [.. Enumerable.Range(0, Bins * stored).Select(i => MathF.Sin((i * 0.37f) + seed))], Bins, columns);
    }

    private static ModelConfig Config(AudioFamily family, int chunk) => MediaInputsTests.Seeing with
    {
        TieWordEmbeddings = false,
        Vision = MediaInputsTests.Seeing.Vision! with
        {
            Family = VisionFamily.Qwen25Omni,
            Depth = 1,
            FullAttentionBlocks = [0],
            TokensPerSecond = 25,
        },
        Audio = new AudioConfig
        {
            Family = family,
            Depth = 2,
            Width = 16,
            Heads = 2,
            IntermediateSize = 24,
            OutputWidth = 16,
            MelBins = Bins,
            MaxPositions = 16,
            ChunkColumns = chunk,
            TokenId = Sound,
        },
    };
}
