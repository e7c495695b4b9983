using System.Globalization;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Text;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>How several evaluations agree on the pairs that they have in common, for people.</summary>
internal static class AgreementTable
{
    /// <summary>
    /// Prints the evaluations with their numbers and a column for each two, then by category how right each of them is,
    /// and all of them together.
    /// </summary>
    public static void Print(IReadOnlyList<(string Name, IReadOnlyList<PairResult> Results)> evaluations)
    {
        var twos = (
            from first in Enumerable.Range(0, evaluations.Count)
            from second in Enumerable.Range(first + 1, evaluations.Count - first - 1)
            select (First: first, Second: second)).ToList();
        var found = twos
            .Select(two => EvaluationAgreement.Compute(evaluations[two.First].Results, evaluations[two.Second].Results))
            .ToList();
        foreach (var (index, (name, _)) in evaluations.Index())
        {
            Console.WriteLine($"{index + 1}: {name}");
        }

        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(["", .. twos.Select(two => $"{two.First + 1} and {two.Second + 1}")]);
        AddRow("pairs in common", two => Number(two.Common));
        AddRow("first right", two => Percent.Format(two.FirstAccuracy));
        AddRow("second right", two => Percent.Format(two.SecondAccuracy));
        AddRow("alike", two => Percent.Format(two.Same));
        AddRow("both right", two => Number(two.BothRight));
        AddRow("both wrong", two => Number(two.BothWrong));
        AddRow("only the first right", two => Number(two.OnlyFirst));
        AddRow("only the second right", two => Number(two.OnlySecond));
        AnsiConsole.Write(table);
        PrintCategories([.. evaluations.Select(evaluation => evaluation.Results)]);

        void AddRow(string title, Func<EvaluationAgreement, string> cell) =>
            table.AddRow([title, .. found.Select(cell)]);
    }

    // Accuracies over the common pairs, of each by itself and of all together.
    private static void PrintCategories(IReadOnlyList<IReadOnlyList<PairResult>> evaluations)
    {
        var together = EvaluationEnsemble.Of(evaluations);
        var common = together.Select(result => result.Id).ToHashSet();
        var reports = evaluations.Append(together)
            .Select(results => SuiteReport.Compute(results
                .Where(result => common.Contains(result.Id))
                .SelectMany(result => result.Outcomes())))
            .ToList();
        var table = new Table().Border(TableBorder.Rounded);
        string[] names = [.. Enumerable.Range(1, evaluations.Count).Select(Number), "together"];
        table.AddColumns(["right, by category", "pairs", .. names]);
        foreach (var (category, score) in reports[^1].Categories)
        {
            AddRow(category, score.Rows, report => report[category]);
        }

        AddRow("all", reports[^1].Overall.Rows, report => report.Overall);
        AnsiConsole.Write(table);

        void AddRow(string name, int pairs, Func<SuiteReport, Score?> score) => table.AddRow(
            [Markup.Escape(name), Number(pairs), .. reports.Select(report => Percent.Format(score(report)?.Accuracy))]);
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
