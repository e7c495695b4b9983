using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

/// <summary>A complete model folder with random weights.</summary>
internal static class TinyModel
{
    public static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var trainer = new BpeTrainer();
        trainer.Add("which response is better");
        var tokenizer = trainer.Train(BpeTrainer.MinimumSize, folder);
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
        };
        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, 1);
        Checkpoint.Save(model, folder);
        return folder;
    }
}
