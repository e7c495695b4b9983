using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// The architecture of a model with a random start: <c>r1reward.model.init</c> as a model configuration.
/// </summary>
internal static class StartingShape
{
    /// <summary>
    /// Learned positions per side, which are stretched over any picture; the published models have 48.
    /// </summary>
    private const int PositionsPerSide = 8;

    /// <summary>The configuration of a model that speaks a tokenizer's vocabulary.</summary>
    /// <exception cref="UserErrorException">The tokenizer lacks tokens that a tower needs.</exception>
    public static ModelConfig ToConfig(InitialShape shape, Tokenizer tokenizer)
    {
        var headSize = shape.HiddenSize / shape.Heads;
        var family = shape.Vision.Enabled ? shape.Vision.Family.Decoder : ModelFamily.Qwen2;
        return new ModelConfig
        {
            Family = family,
            QueryBias = family.AlwaysQueryBias,
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = shape.HiddenSize,
            IntermediateSize = shape.IntermediateSize,
            Layers = shape.Layers,
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            HeadSize = headSize,
            MaxPositions = shape.MaxPositions,
            Rope = new RotaryConfig { Theta = shape.RopeTheta },
            TieWordEmbeddings = shape.TieEmbeddings,
            InitializerRange = shape.InitializerRange,
            Vision = shape.Vision.Enabled ? ToVision(shape.Vision, shape, headSize, tokenizer) : null,
            Audio = shape.Audio.Enabled ? ToAudio(shape.Audio, shape, tokenizer) : null,
        };
    }

    private static VisionConfig ToVision(InitialTower tower, InitialShape shape, int headSize, Tokenizer tokenizer)
    {
        var family = tower.Family;
        return new VisionConfig
        {
            Family = family,
            Depth = tower.Layers,
            Width = tower.Width,
            OutputWidth = shape.HiddenSize,
            Heads = tower.Heads,
            IntermediateSize = tower.IntermediateSize,
            PatchSize = StartingPictures.Of(family).PatchSize,
            WindowSize = family.HasWindows ? tower.WindowSize : 0,
            FullAttentionBlocks = family.HasWindows ? [tower.Layers - 1] : [],
            PositionsPerSide = family.HasPositionTable ? PositionsPerSide : 0,
            DeepStackBlocks = family.HasDeepStack
                ? [.. Enumerable.Range(0, Math.Min(tower.Layers - 1, shape.Layers))]
                : [],
            TokensPerSecond = family.HasVideoTime ? 2 : 0,
            RotarySections = Sections(family, headSize),
            ImageTokenId = IdOf("<|image_pad|>", tokenizer),
            VideoTokenId = IdOf("<|video_pad|>", tokenizer),
            GroupTokenIds = family.ShowsTimes
                ? (IdOf("<|vision_start|>", tokenizer), IdOf("<|vision_end|>", tokenizer))
                : default,
        };
    }

    private static AudioConfig ToAudio(InitialEars tower, InitialShape shape, Tokenizer tokenizer) => new()
    {
        Family = AudioFamily.Qwen2,
        Depth = tower.Layers,
        Width = tower.Width,
        Heads = tower.Heads,
        IntermediateSize = tower.IntermediateSize,
        OutputWidth = shape.HiddenSize,
        MelBins = tower.MelBins,
        MaxPositions = SoundsOf(tower).Columns / 2,
        TokenId = IdOf("<|AUDIO|>", tokenizer),
    };

    /// <summary>How a model with a random start wants its sounds.</summary>
    internal static SoundConfig SoundsOf(InitialEars tower) =>
        new() { MelBins = tower.MelBins, Seconds = tower.Seconds };

    /// <summary>
    /// The published shares: a quarter for time and the rest for rows and columns, or in turn with a little more time.
    /// </summary>
    private static int[] Sections(VisionFamily family, int headSize)
    {
        if (family.InterleavesAxes)
        {
            var side = headSize * 5 / 32;
            return [(headSize / 2) - (2 * side), side, side];
        }

        var time = headSize / 8;
        var row = headSize * 3 / 16;
        return [time, row, (headSize / 2) - time - row];
    }

    private static int IdOf(string token, Tokenizer tokenizer) => tokenizer.IdOf(token) ?? throw new UserErrorException(
        $"r1reward.model.tokenizer.path: the tokenizer has no {token}, which the model's tower needs. "
        + "Name that of a Qwen2.5-VL or Qwen2-Audio model, or leave the path empty.");
}
