using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;

namespace R1Reward.ScalarModels;

/// <summary>How right the evaluated models are where a question names one property, and where it names two.</summary>
internal static class Questions
{
    internal static void Print(string results)
    {
        Console.WriteLine("| model | colour or shape | colour and shape |");
        Console.WriteLine("|---|---|---|");
        foreach (var folder in Directory.GetDirectories(results).Order())
        {
            var byProperties = JsonLines.Read(Path.Combine(folder, "results.jsonl"))
                .ToLookup(line => !((string)line["question"]!).Contains(" any"));
            string Share(bool both) => byProperties[both].Any()
                ? byProperties[both].Average(line => IsRight(line.ToObject<PairResult>()!) ? 1.0 : 0).ToString("p1")
                : "none asked";
            Console.WriteLine($"| {Path.GetFileName(folder)} | {Share(false)} | {Share(true)} |");
        }
    }

    private static bool IsRight(PairResult result) => result.Outcomes().All(outcome => outcome.IsCorrect);
}
