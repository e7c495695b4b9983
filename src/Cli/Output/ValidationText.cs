using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;
using R1Reward.Data.Validation;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>The report of <c>data validate</c>, as a table for people and as JSON for programs.</summary>
internal static class ValidationText
{
    private static readonly (string Name, double Share)[] Percentiles =
        [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)];

    /// <summary>Prints tables and the first problems.</summary>
    public static void Print(DatasetReport report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("file", "rows", "passed over", "pairs", "media");
        var labels = new Table().Border(TableBorder.Rounded);
        labels.AddColumns("label", "first", "second", "tie", "none", "first preferred");
        var lengths = new Table().Border(TableBorder.Rounded);
        lengths.AddColumns(["characters", .. Percentiles.Select(one => one.Name)]);
        foreach (var set in report.Sets)
        {
            table.AddRow(
                Markup.Escape(set.Path),
                Number(set.Rows),
                Number(set.PassedOver),
                Number(set.Pairs),
                Number(set.Media));
            foreach (var (head, counts) in set.Labels)
            {
                string[] cells = [.. Named(counts).Select(one => Number(one.Count)), Percent.Format(counts.FirstShare)];
                labels.AddRow([Markup.Escape($"{head}, {set.Path}"), .. cells]);
            }

            lengths.AddRow([Markup.Escape($"question, {set.Path}"), .. Row(set.Questions)]);
            lengths.AddRow([Markup.Escape($"response, {set.Path}"), .. Row(set.Responses)]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.Write(labels);
        AnsiConsole.Write(lengths);
        foreach (var problem in report.Problems)
        {
            Console.WriteLine(
                problem.Place.Length > 0 ? $"{problem.Place}: {problem.Message}" : problem.Message);
        }

        var notShown = report.Counts.Values.Sum() - report.Problems.Count;
        if (notShown > 0)
        {
            Console.WriteLine($"and {Number(notShown)} more, which a higher --max-problems shows");
        }

        Console.WriteLine(report.IsGood
            ? "nothing is wrong"
            : "wrong: " + string.Join(", ", report.Counts.Select(one => $"{one.Key} {Number(one.Value)}")));
    }

    /// <summary>The whole report for programs.</summary>
    public static JObject Json(DatasetReport report) => new()
    {
        ["sets"] = new JArray(report.Sets.Select(set => new JObject
        {
            ["path"] = set.Path,
            ["rows"] = set.Rows,
            ["passed-over"] = set.PassedOver,
            ["pairs"] = set.Pairs,
            ["labels"] = new JObject(set.Labels.Select(head => new JProperty(head.Key, Json(head.Value)))),
            ["media"] = set.Media,
            ["question-length"] = Lengths(set.Questions),
            ["response-length"] = Lengths(set.Responses),
        })),
        ["problems"] = new JArray(report.Problems.Select(problem => new JObject
        {
            ["kind"] = problem.Kind,
            ["place"] = problem.Place,
            ["field"] = problem.Field,
            ["message"] = problem.Message,
        })),
        ["counts"] = new JObject(report.Counts.Select(one => new JProperty(one.Key, one.Value))),
    };

    private static JObject Json(LabelCounts counts) =>
        new(Named(counts).Select(one => new JProperty(one.Name, one.Count)))
        {
            ["first-share"] = counts.FirstShare,
        };

    private static IEnumerable<(string Name, long Count)> Named(LabelCounts counts) =>
        [("first", counts.First), ("second", counts.Second), ("tie", counts.Tie), ("none", counts.None)];

    private static JObject Lengths(LengthCounts lengths) =>
        new(Percentiles.Select(one => new JProperty(one.Name, lengths.Percentile(one.Share))));

    private static IEnumerable<string> Row(LengthCounts lengths) => Percentiles.Select(one =>
        lengths.Percentile(one.Share)?.ToString(CultureInfo.InvariantCulture) ?? "-");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
