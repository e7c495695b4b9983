using R1Reward.Data.Files;
using R1Reward.Stability;

namespace R1Reward.ScalarModels;

/// <summary>Losses and held-out accuracy by step, as the metrics.jsonl of the runs state them.</summary>
internal static class Curves
{
    // The loss of one batch tells little.
    private const int StepsOfPoint = 25;
    private const string Metrics = "metrics.jsonl";

    internal static void Draw(string runs, string plots)
    {
        Directory.CreateDirectory(plots);
        var all = Names(runs);
        string[] seeds = [.. all.Where(name => name.StartsWith("seed-", StringComparison.Ordinal))];
        Draw(runs, seeds, "Scalar model on scenes, by seed", Path.Combine(plots, "seeds.svg"), "sft", "reply-loss");
        string[] choices = [.. all.Where(name => name.Contains('-') && !seeds.Contains(name))];
        if (choices.Length > 0)
        {
            Draw(runs, choices, "One choice at a time, seed 1", Path.Combine(plots, "choices.svg"), "srm", "loss");
        }
    }

    internal static void Print(string runs)
    {
        Console.WriteLine("| run | held-out accuracy after so many steps |");
        Console.WriteLine("|---|---|");
        foreach (var name in Names(runs))
        {
            var points = Accuracy(Path.Combine(runs, name)).Select(point => $"{point.X}: {point.Y:p1}").ToList();
            if (points.Count > 0)
            {
                Console.WriteLine($"| {name} | {string.Join(", ", points)} |");
            }
        }
    }

    private static List<string> Names(string runs) =>
        [.. Directory.GetDirectories(runs).Where(folder => File.Exists(Path.Combine(folder, Metrics)))
            .Select(folder => Path.GetFileName(folder)!).Order()];

    private static void Draw(
        string runs, IReadOnlyList<string> names, string title, string file, string phase, string loss)
    {
        var plot = new Plot(title, names, ownScales: true);
        var stage = phase == "sft" ? "cold start" : "scalar training";
        plot.Add($"{loss} by step of the {stage}", [.. names.Select(name =>
            Loss(Path.Combine(runs, name), phase, loss))]);
        plot.Add("held-out accuracy by step of the scalar training", [.. names.Select(name =>
            Accuracy(Path.Combine(runs, name)))]);
        AtomicFile.Write(file, plot.Draw());
    }

    private static List<(double X, double Y)> Accuracy(string run) =>
        [.. Points(run, "srm", "held-out-accuracy"), .. Points(run, "eval-srm", "accuracy").Select(Last(run))];

    private static List<(double X, double Y)> Loss(string run, string phase, string loss) =>
        [.. Points(run, phase, loss).Chunk(StepsOfPoint).Select(part => (part[^1].X, part.Average(one => one.Y)))];

    // The line of the last evaluation does not say after how many steps it was.
    private static Func<(double X, double Y), (double X, double Y)> Last(string run) =>
        point => (Points(run, "srm", "loss").Max(step => step.X), point.Y);

    private static IEnumerable<(double X, double Y)> Points(string run, string phase, string figure) =>
        JsonLines.Read(Path.Combine(run, Metrics))
            .Where(line => (string?)line["phase"] == phase && line[figure] is not null)
            .Select(line => ((double?)line["step"] ?? 0, (double)line[figure]!));
}
