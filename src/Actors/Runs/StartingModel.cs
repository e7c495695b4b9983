using R1Reward.Actors.Configuration;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using static TorchSharp.torch;

namespace R1Reward.Actors.Runs;

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
        var config = new ModelConfig
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = shape.HiddenSize,
            IntermediateSize = shape.IntermediateSize,
            Layers = shape.Layers,
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            HeadSize = shape.HiddenSize / shape.Heads,
            MaxPositions = shape.MaxPositions,
            Rope = new RotaryConfig { Theta = shape.RopeTheta },
            TieWordEmbeddings = shape.TieEmbeddings,
        };
        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, CounterRandom.KeyOf(settings.Seed, "weights"));
        Checkpoint.Save(model, folder);
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

        return trainer.Train(settings.Model.Vocabulary, folder);
    }
}
