using System.Globalization;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Text;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>What the heads of a scalar model say over an evaluation, for people.</summary>
internal static class HeadTable
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Prints a row for each head.</summary>
    public static void Print(IReadOnlyDictionary<string, HeadResult> heads)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("head", "pairs", "accuracy", "equal", "gap", "+-", "chosen", "rejected");
        foreach (var (name, head) in heads)
        {
            var figures = head.Figures;
            table.AddRow(
                Markup.Escape(name),
                figures.Pairs.ToString(Invariant),
                Percent.Format(figures.Accuracy),
                figures.EqualScores.ToString(Invariant),
                Number(figures.MeanGap),
                Number(figures.Gaps?.Deviation),
                Number(figures.Chosen),
                Number(figures.Rejected));
        }

        AnsiConsole.Write(table);
    }

    private static string Number(double? value) => value?.ToString("0.###", Invariant) ?? "unknown";
}
