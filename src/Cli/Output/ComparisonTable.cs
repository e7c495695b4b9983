using R1Reward.Actors.Runs.Record;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>Several runs side by side, for people.</summary>
internal static class ComparisonTable
{
    /// <summary>Prints a column for each run.</summary>
    public static void Print(Comparison comparison)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns([.. comparison.Names.Prepend("").Select(Markup.Escape)]);
        foreach (var (title, cells) in comparison.Rows)
        {
            table.AddRow([.. cells.Prepend(title).Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }
}
