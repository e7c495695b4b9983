using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using static TorchSharp.torch;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>The model folder that a run starts from: the user's, or one with a random start made in the run folder.</summary>
public static class StartingModel
{
    // Enough text for the words of a small vocabulary to be counted.
    private const int TokenizerPairs = 4000;

    /// <summary>Where it is.</summary>
    public static string Folder(RunSettings settings, RunFolder folder) => settings.Model.Path.Length > 0 ? settings.Model.Path : folder.Model;

    /// <summary>The folder, complete with tokenizer; made on the first call for a run and found again later.</summary>
    public static string Prepare(RunSettings settings, RunFolder folder, RunPairs pairs)
    {
        if (settings.Model.Path.Length > 0)
        {
            return settings.Model.Path;
        }

        if (!File.Exists(Path.Combine(folder.Model, "config.json")))
        {
            Directory.CreateDirectory(folder.Model);
            Create(settings, folder.Model, pairs);
        }

        return folder.Model;
    }

    private static void Create(RunSettings settings, string folder, RunPairs pairs)
    {
        var tokenizer = MakeTokenizer(settings, folder, pairs);
        var shape = settings.Model.Init;
        var headSize = shape.HiddenSize / shape.Heads;
        var config = new ModelConfig
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
            Vision = shape.Vision.Enabled ? Tower(shape.Vision, shape.HiddenSize, headSize, tokenizer) : null,
        };
        if (config.Vision is not null)
        {
            PreprocessorConfig.Save(folder, new PreprocessorConfig(), new PreprocessorConfig());
        }

        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, CounterRandom.KeyOf(settings.Seed, "weights"));
        Checkpoint.Save(model, folder);
    }

    private static VisionConfig Tower(InitialTower shape, int outputWidth, int headSize, Tokenizer tokenizer)
    {
        // A quarter of the frequencies follows time, the rest rows and columns alike: as in the published models.
        var (time, row) = (headSize / 8, headSize * 3 / 16);
        int Id(string token) => tokenizer.IdOf(token) ?? throw new UserErrorException(
            $"r1reward.model.tokenizer.path: the tokenizer has no {token}, which a model with a vision tower needs. Name that of a Qwen2.5-VL model, or leave the path empty.");
        return new VisionConfig
        {
            Family = VisionFamily.Qwen25,
            Depth = shape.Layers,
            Width = shape.Width,
            OutputWidth = outputWidth,
            Heads = shape.Heads,
            IntermediateSize = shape.IntermediateSize,
            WindowSize = shape.WindowSize,
            FullAttentionBlocks = [shape.Layers - 1],
            TokensPerSecond = 2,
            RotarySections = [time, row, (headSize / 2) - time - row],
            ImageTokenId = Id("<|image_pad|>"),
            VideoTokenId = Id("<|video_pad|>"),
        };
    }

    private static Tokenizer MakeTokenizer(RunSettings settings, string folder, RunPairs pairs)
    {
        if (settings.Model.TokenizerPath.Length > 0)
        {
            var given = Tokenizer.Load(settings.Model.TokenizerPath);
            given.CopyTo(folder);
            return given;
        }

        var trainer = new BpeTrainer();
        var template = PromptTemplate.Of(settings.Model.Template);
        foreach (var pair in pairs.ColdStartSamples(TokenizerPairs))
        {
            trainer.Add(template.Fill(pair));
            trainer.Add(pair.Judgment ?? "");
        }

        if (pairs.Alignment is { } describe)
        {
            for (var i = 0; i < TokenizerPairs / 10; i++)
            {
                var example = describe(i);
                trainer.Add(example.Prompt);
                trainer.Add(example.Reply);
            }
        }

        return trainer.Train(settings.Model.Vocabulary, folder, vision: settings.Model.Init.Vision.Enabled);
    }
}
