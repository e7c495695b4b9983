using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// The architecture of a model with a random start: <c>r1reward.model.init</c> as a model configuration.
/// </summary>
internal static class StartingShape
{
    /// <summary>The configuration of a model that speaks a tokenizer's vocabulary.</summary>
    /// <exception cref="UserErrorException">The tokenizer lacks tokens that a vision tower needs.</exception>
    public static ModelConfig ToConfig(InitialShape shape, Tokenizer tokenizer)
    {
        var headSize = shape.HiddenSize / shape.Heads;
        return new ModelConfig
        {
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
            Vision = shape.Vision.Enabled ? ToVision(shape.Vision, shape.HiddenSize, headSize, tokenizer) : null,
        };
    }

    private static VisionConfig ToVision(InitialTower tower, int outputWidth, int headSize, Tokenizer tokenizer)
    {
        // A quarter of the frequencies follows time, the rest rows and columns alike: as in the published models.
        var time = headSize / 8;
        var row = headSize * 3 / 16;
        var column = (headSize / 2) - time - row;
        return new VisionConfig
        {
            Family = VisionFamily.Qwen25,
            Depth = tower.Layers,
            Width = tower.Width,
            OutputWidth = outputWidth,
            Heads = tower.Heads,
            IntermediateSize = tower.IntermediateSize,
            WindowSize = tower.WindowSize,
            FullAttentionBlocks = [tower.Layers - 1],
            TokensPerSecond = 2,
            RotarySections = [time, row, column],
            ImageTokenId = IdOf("<|image_pad|>", tokenizer),
            VideoTokenId = IdOf("<|video_pad|>", tokenizer),
        };
    }

    private static int IdOf(string token, Tokenizer tokenizer) => tokenizer.IdOf(token) ?? throw new UserErrorException(
        $"r1reward.model.tokenizer.path: the tokenizer has no {token}, which a model with a vision tower needs. "
        + "Name that of a Qwen2.5-VL model, or leave the path empty.");
}
