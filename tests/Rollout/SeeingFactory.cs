using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Rollout.Prompts;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Rollout.Tests;

/// <summary>A tiny random policy that sees, its tokenizer, and pictures on disk.</summary>
public sealed class SeeingFactory : IDisposable
{
    private readonly TempFolder _folder = new();

    public SeeingFactory()
    {
        var trainer = new BpeTrainer();
        trainer.Add("red circle, blue square: how many?");
        Tokenizer = trainer.Train(300, _folder.Path, BpeTrainer.VisionTokens);
        Model = CausalLM.Create(
            new ModelConfig
            {
                VocabularySize = Tokenizer.VocabularySize,
                HiddenSize = 32,
                IntermediateSize = 48,
                Layers = 2,
                Heads = 4,
                KeyValueHeads = 2,
                HeadSize = 8,
                MaxPositions = 512,
                InitializerRange = 0.3,
                Vision = new VisionConfig
                {
                    Family = VisionFamily.Qwen25,
                    Depth = 2,
                    Width = 16,
                    OutputWidth = 32,
                    Heads = 2,
                    IntermediateSize = 24,
                    WindowSize = 56,
                    FullAttentionBlocks = [1],
                    RotarySections = [1, 1, 2],
                    ImageTokenId = Tokenizer.IdOf("<|image_pad|>")!.Value,
                    VideoTokenId = Tokenizer.IdOf("<|video_pad|>")!.Value,
                },
            },
            CPU,
            ScalarType.Float32,
            seed: 7);
        PreprocessorFiles.Write(_folder.Path, new PreprocessorConfig(), new PreprocessorConfig());
        Media = MediaStore.Open(_folder.Path, Model.Config)!;
    }

    public Tokenizer Tokenizer { get; }

    public CausalLM Model { get; }

    public MediaStore Media { get; }

    /// <summary>The picture of a scene as a file.</summary>
    public MediaItem Picture(int number, int grid = 3)
    {
        var path = _folder.At($"{number}-{grid}.png");
        File.WriteAllBytes(
            path,
            SceneImage.Draw(
                new SceneGenerator(
                    1,
                    new SceneOptions { Grid = grid, Form = SceneForm.Image }).Generate(SceneSide.Train, number).Scene));
        return new MediaItem(MediaKind.Image, path);
    }

    /// <summary>A file that is no picture.</summary>
    public MediaItem Broken()
    {
        File.WriteAllText(_folder.At("broken.png"), "no picture");
        return new MediaItem(MediaKind.Image, _folder.At("broken.png"));
    }

    public static PreferencePair Pair(string id, params MediaItem[] media) =>
        new() { Id = new PairId(id), Question = "how many red?", Response1 = "one", Response2 = "two", Media = media };

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
