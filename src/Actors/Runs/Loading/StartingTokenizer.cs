using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// The tokenizer of a model with a random start: the one that the user names, or one trained on the run's pairs.
/// </summary>
internal static class StartingTokenizer
{
    // Enough text for the words of a small vocabulary to be counted.
    private const int Pairs = 4000;
    private const int Descriptions = Pairs / 10;

    /// <summary>Puts the tokenizer's files into a folder and loads it.</summary>
    public static Tokenizer Create(RunSettings settings, string folder, RunPairs pairs)
    {
        if (settings.Model.TokenizerPath.Length == 0)
        {
            return Train(settings.Model, folder, pairs, responsesAlone: settings.Srm.Enabled);
        }

        var given = Tokenizer.Load(settings.Model.TokenizerPath);
        given.CopyTo(folder);
        return given;
    }

    // A scalar model reads each response as a turn of its own, without a word before it.
    private static Tokenizer Train(ModelSettings settings, string folder, RunPairs pairs, bool responsesAlone)
    {
        var trainer = new BpeTrainer();
        foreach (var pair in pairs.ColdStartSamples(Pairs))
        {
            trainer.Add(settings.Template.Fill(pair));
            trainer.Add(settings.Template.Tags.FromPublished(pair.Judgment ?? ""));
            if (responsesAlone)
            {
                trainer.Add(pair.Response1);
                trainer.Add(pair.Response2);
            }
        }

        if (pairs.Alignment is { } describe)
        {
            for (var i = 0; i < Descriptions; i++)
            {
                var example = describe(i);
                trainer.Add(example.Prompt);
                trainer.Add(example.Reply);
            }
        }

        IReadOnlyList<string> media = (settings.Init.Vision.Enabled, settings.Init.Audio.Enabled) switch
        {
            (true, _) => BpeTrainer.VisionTokens,
            (_, true) => BpeTrainer.AudioTokens,
            _ => [],
        };
        return trainer.Train(settings.Vocabulary, folder, media);
    }
}
