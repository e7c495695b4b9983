using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

/// <summary>A judge that has learned one reply by heart, whatever it is asked.</summary>
internal static class TaughtModel
{
    private const int Steps = 120;

    /// <summary>Writes a complete model folder with a card; prompts are those of the template compact.</summary>
    /// <param name="folder">Made if absent.</param>
    /// <param name="reply">What it says to every pair.</param>
    public static string Write(string folder, string reply)
    {
        TinyModel.Write(folder);
        using (var model = Checkpoint.Load(folder, CPU, ScalarType.Float32))
        {
            var encoder = new PromptEncoder(
                Tokenizer.Load(folder), PromptTemplate.Compact, UntrustedText.Sanitized);
            TrainingRow[] rows = [.. new[] { ("which", "better", "is"), ("is", "response", "which") }.Select(RowOf)];
            using var optimizer = new AdamW(model.Trained, new AdamWOptions());
            var trainer = new SftTrainer(
                model, optimizer, new LearningRateSchedule { BaseRate = 0.03 }, new SftOptions());
            for (var step = 0; step < Steps; step++)
            {
                trainer.Step(rows);
            }

            Checkpoint.Save(model, folder);

            TrainingRow RowOf((string Question, string First, string Second) pair)
            {
                var prompt = encoder.Encode(new PreferencePair
                {
                    Id = new PairId("p"),
                    Question = pair.Question,
                    Response1 = pair.First,
                    Response2 = pair.Second,
                });
                return TrainingRow.Reply(prompt.Tokens.AsSpan(), encoder.EncodeJudgment(reply).AsSpan());
            }
        }

        new ModelCard("compact").Save(folder);
        return folder;
    }
}
