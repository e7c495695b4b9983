using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using static TorchSharp.torch;

namespace R1Reward.ScalarModels;

/// <summary>What trained models find of 2,000 held-out pairs, by difficulty, and how many tokens they read.</summary>
internal static class Grades
{
    private const int Pairs = 2000;

    internal static void Print(string runs)
    {
        Console.WriteLine("| run | all | grade 1 (3 objects) | grade 2 (4, 5) | grade 3 (6) | tokens of a pair |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var run in Directory.GetDirectories(runs).Order())
        {
            var model = Path.Combine(run, "checkpoints", "srm");
            if (Directory.Exists(model))
            {
                var name = Path.GetFileName(run);
                var seed = name.StartsWith("seed-", StringComparison.Ordinal) ? long.Parse(name[5..]) : 1;
                Console.WriteLine($"| {name} | {Row(model, seed)} |");
            }
        }
    }

    private static string Row(string folder, long seed)
    {
        using var model = ScalarFolder.Load(folder, CPU, ScalarType.Float32);
        var encoder = new ResponseEncoder(
            new ConversationEncoder(Tokenizer.Load(folder), UntrustedText.Sanitized), sees: false);
        ScalarRow Row(PreferencePair pair, string response) =>
            encoder.EncodeAsync(pair.Question, response, pair.Media).GetAwaiter().GetResult().Row!;

        // The scenes of hocon/quickstart.conf.
        var scenes = new SceneGenerator(seed, new SceneOptions { Grid = 3, Traces = false });
        var pairs = Enumerable.Range(0, Pairs).Select(i => scenes.Pair(SceneSide.HeldOut, i)).ToList();
        ScalarRow[] rows =
        [
            .. pairs.Select(pair => Row(pair, pair.Response1)), .. pairs.Select(pair => Row(pair, pair.Response2)),
        ];
        var scores = ScalarPass.Evaluate(model, rows, microBatchTokens: 8192);
        bool IsRight(int index) => pairs[index].Label == PreferenceLabel.First
            ? scores[index][0] > scores[Pairs + index][0]
            : scores[index][0] < scores[Pairs + index][0];
        string Share(Func<PreferencePair, bool> of) => Enumerable.Range(0, Pairs)
            .Where(index => of(pairs[index])).Average(index => IsRight(index) ? 1.0 : 0).ToString("p1");
        string[] columns =
        [
            Share(_ => true), .. Enumerable.Range(1, 3).Select(grade => Share(pair => pair.Difficulty == grade)),
            $"{rows.Sum(row => row.Tokens.Length) / (double)Pairs:f0}",
        ];
        return string.Join(" | ", columns);
    }
}
