using System.Globalization;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Text;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>The tables at the end of a run, read from its summary.json.</summary>
internal static class SummaryTable
{
    // Those between are in the report.
    private static readonly string[] Rows = ["sft", "rl", "noise"];

    /// <summary>Prints the tables, the seconds of each stage and where the report is.</summary>
    /// <exception cref="FileNotFoundException">The folder has no summary.</exception>
    public static void Print(RunFolder folder)
    {
        var summary = RunSummary.Read(folder.Summary)
            ?? throw new FileNotFoundException("the run folder has no summary", folder.Summary);
        var evaluations = Rows
            .Where(summary.Evaluations.ContainsKey)
            .Select(row => (Title: summary.TitleOf(row), Figures: summary.Evaluations[row]))
            .ToList();
        var scores = summary.Evaluations.Where(one => one.Value.EqualScores is not null).ToList();
        if (scores.Count == 0)
        {
            PrintEvaluations(summary, evaluations);
        }
        else
        {
            PrintScores(summary, scores);
        }

        PrintVotes(summary);
        foreach (var condition in SummaryNotes.Conditions(evaluations))
        {
            Console.WriteLine(condition);
        }

        foreach (var warning in SummaryNotes.Warnings(evaluations, summary))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{warning}[/]");
        }

        if (summary.Seconds.Count > 0)
        {
            var seconds = summary.Seconds.Select(stage =>
                string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value:0}"));
            AnsiConsole.MarkupLineInterpolated($"[grey]seconds: {string.Join(", ", seconds)}[/]");
        }

        AnsiConsole.MarkupLineInterpolated($"report: {folder.Report}");
    }

    private static void PrintEvaluations(
        RunSummary summary, IEnumerable<(string Title, EvaluationSummary Figures)> evaluations)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{summary.Name}, seed {summary.Seed}");
        table.AddColumns("held-out pairs", "accuracy", "format", "consistency", "mean length");
        foreach (var (title, figures) in evaluations)
        {
            table.AddRow(
                title,
                Percent.Format(figures.Accuracy),
                Percent.Format(figures.Format),
                Percent.Format(figures.Consistency),
                figures.Length?.ToString("0.0", CultureInfo.InvariantCulture) ?? "unknown");
        }

        AnsiConsole.Write(table);
    }

    // Of a scalar model, a row for each head.
    private static void PrintScores(
        RunSummary summary, IEnumerable<KeyValuePair<string, EvaluationSummary>> evaluations)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{summary.Name}, seed {summary.Seed}");
        table.AddColumns("held-out pairs", "accuracy", "equal scores", "mean gap");
        foreach (var (name, figures) in evaluations)
        {
            table.AddRow(
                Markup.Escape(summary.TitleOf(name)),
                Percent.Format(figures.Accuracy),
                figures.EqualScores?.ToString(CultureInfo.InvariantCulture) ?? "unknown",
                figures.MeanGap?.ToString("0.###", CultureInfo.InvariantCulture) ?? "unknown");
        }

        AnsiConsole.Write(table);
    }

    private static void PrintVotes(RunSummary summary)
    {
        if (summary.Vote is not { } vote || summary.AnyCorrect is not { } anyCorrect)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(["samples", .. vote.Keys.Select(size => size.ToString(CultureInfo.InvariantCulture))]);
        table.AddRow(["majority vote", .. vote.Values.Select(share => Percent.Format(share))]);
        table.AddRow(["any correct", .. anyCorrect.Values.Select(share => Percent.Format(share))]);
        AnsiConsole.Write(table);
    }
}
