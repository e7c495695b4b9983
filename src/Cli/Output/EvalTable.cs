using System.Globalization;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Text;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>The figures of an evaluation, for people.</summary>
internal static class EvalTable
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Prints counts by category, the benchmark's own table, and what else is known.</summary>
    public static void Print(EvaluationResult result)
    {
        PrintCategories(result.Report);
        if (result.Table is { } published)
        {
            PrintPublished(published);
        }
        else
        {
            Console.WriteLine($"macro: {Percent.Format(result.Report.Macro)}");
        }

        if (result.Heads.Count > 0)
        {
            HeadTable.Print(result.Heads);
        }

        if (result.Places is { } places)
        {
            PrintPlaces(places);
        }

        if (result.Calibration is { } calibration)
        {
            Console.WriteLine(
                $"calibration: expected error {Percent.Format(calibration.Error)} over {calibration.Pairs} pairs");
        }

        if (result.Undecided > 0)
        {
            Console.WriteLine($"{result.Undecided} pairs prefer no response and are in no accuracy");
        }

        if (result.LeftOut > 0)
        {
            Console.WriteLine($"{result.LeftOut} pairs could not be shown to the model and are in no figure");
        }
    }

    private static void PrintPublished(SuiteTable published)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns([.. published.Figures.Select(figure => Markup.Escape(figure.Name))]);
        table.AddRow([.. published.Figures.Select(figure => Percent.Format(figure.Share))]);
        AnsiConsole.Write(table);
    }

    private static void PrintCategories(SuiteReport report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("category", "rows", "accuracy", "ACC+", "unreadable", "tied");
        foreach (var category in report.Categories)
        {
            Add(category.Category, category.Score);
        }

        Add("overall (micro)", report.Overall);
        AnsiConsole.Write(table);

        void Add(string name, Score score) => table.AddRow(
            Markup.Escape(name),
            score.Rows.ToString(Invariant),
            Percent.Format(score.Accuracy),
            Percent.Format(score.AccPlus),
            Percent.Format(score.UnreadableRate),
            score.Tied.ToString(Invariant));
    }

    private static void PrintPlaces(PlaceFigures places)
    {
        Console.WriteLine(
            $"single votes: {Percent.Format(places.PreferredFirst)} right where the preferred response is shown first, "
            + $"{Percent.Format(places.PreferredSecond)} where it is second; "
            + $"the first place is named in {Percent.Format(places.NamesFirst)}");
        if (places.Both is { } both)
        {
            Console.WriteLine(
                $"both orders: the first place is named in {Percent.Format(both.FirstShare)} (50 % without position "
                + $"bias), the same response in both in {Percent.Format(both.SameResponse)} of {both.Pairs} pairs");
        }
    }
}
