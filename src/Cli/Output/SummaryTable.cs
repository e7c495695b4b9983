using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Runs;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>The table at the end of a run, read from its summary.json.</summary>
internal static class SummaryTable
{
    public static void Print(RunFolder folder)
    {
        var summary = JObject.Parse(File.ReadAllText(folder.Summary));
        var table = new Table().Border(TableBorder.Rounded).Title($"{summary["name"]}, seed {summary["seed"]}");
        table.AddColumns("held-out pairs", "accuracy", "format", "consistency", "mean length");
        foreach (var (key, title) in new[] { ("sft", "after SFT"), ("rl", "after RL"), ("noise", "with noise for pictures") })
        {
            if (summary[key] is JObject figures)
            {
                table.AddRow(title, Percent(figures["accuracy"]), Percent(figures["format"]), Percent(figures["consistency"]), Number(figures["length"]));
            }
        }

        AnsiConsole.Write(table);
        if (summary["vote"] is JObject vote && summary["any-correct"] is JObject any)
        {
            var votes = new Table().Border(TableBorder.Rounded);
            votes.AddColumn("samples");
            foreach (var size in vote.Properties())
            {
                votes.AddColumn(size.Name);
            }

            votes.AddRow(["majority vote", .. vote.Properties().Select(size => Percent(size.Value))]);
            votes.AddRow(["any correct", .. any.Properties().Select(size => Percent(size.Value))]);
            AnsiConsole.Write(votes);
        }

        if (summary["seconds"] is JObject seconds)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]seconds: {string.Join(", ", seconds.Properties().Select(stage => $"{stage.Name} {(double)stage.Value:0}"))}[/]");
        }

        AnsiConsole.MarkupLineInterpolated($"report: {folder.Report}");
    }

    private static string Percent(JToken? share) =>
        share is null || share.Type == JTokenType.Null ? "unknown" : ((double)share).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Number(JToken? value) => value is null ? "unknown" : ((double)value).ToString("0.0", CultureInfo.InvariantCulture);
}
