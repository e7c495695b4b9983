using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

/// <summary>A complete model folder with random weights.</summary>
internal static class TinyModel
{
    /// <param name="folder">Made if absent.</param>
    /// <param name="sees">Whether it has a vision tower.</param>
    /// <param name="hears">Whether it has an audio tower.</param>
    public static string Write(string folder, bool sees = false, bool hears = false)
    {
        Directory.CreateDirectory(folder);
        var trainer = new BpeTrainer();
        trainer.Add("which response is better");
        var tokenizer = trainer.Train(
            BpeTrainer.MinimumSize + (sees || hears ? 16 : 0),
            folder,
            sees ? BpeTrainer.VisionTokens : hears ? BpeTrainer.AudioTokens : []);
        var config = new ModelConfig
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 1,
            Heads = 2,
            KeyValueHeads = 2,
            HeadSize = 8,
            MaxPositions = 512,
            Rope = new RotaryConfig(),
            TieWordEmbeddings = true,
            Vision = !sees ? null : new VisionConfig
            {
                Family = VisionFamily.Qwen25,
                Depth = 1,
                Width = 16,
                OutputWidth = 16,
                Heads = 2,
                IntermediateSize = 24,
                FullAttentionBlocks = [0],
                RotarySections = [1, 1, 2],
                ImageTokenId = tokenizer.IdOf("<|image_pad|>")!.Value,
                VideoTokenId = tokenizer.IdOf("<|video_pad|>")!.Value,
            },
        };
        if (hears)
        {
            config = config with { Audio = Ears(tokenizer.IdOf("<|AUDIO|>")!.Value) };
            PreprocessorFiles.Write(folder, new SoundConfig { MelBins = 16, Seconds = 4 });
        }

        if (sees)
        {
            PreprocessorFiles.Write(folder, new PreprocessorConfig(), new PreprocessorConfig());
        }

        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, 1);
        Checkpoint.Save(model, folder);
        return folder;
    }

    private static AudioConfig Ears(int token) => new()
    {
        Family = AudioFamily.Qwen2,
        Depth = 1,
        Width = 16,
        Heads = 2,
        IntermediateSize = 24,
        OutputWidth = 16,
        MelBins = 16,
        MaxPositions = 200,
        TokenId = token,
    };
}
