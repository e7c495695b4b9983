using System.Globalization;
using System.Text;
using R1Reward.Data.Files;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// report.html: the run on one page without scripts or outside files. The result table, the curves of every figure, and
/// ten traces with their rewards. Everything is read from the run folder, so a page can be made again at any time.
/// </summary>
public static class Report
{
    /// <summary>Makes the page from the files of a run; parts that a run does not have are left out.</summary>
    public static string Write(RunFolder folder)
    {
        var summary = RunSummary.Read(folder.Summary) ?? new RunSummary();
        var html = new StringBuilder();
        AppendHead(html, summary);
        AppendEvaluations(html, summary);
        AppendVotes(html, summary);
        if (summary.Updates?.Warning is { } warning)
        {
            html.Append("<p><b>").Append(ReportText.Escape(warning)).Append("</b></p>");
        }

        ReportCurves.Append(html, JsonLines.Read(folder.Metrics));
        ReportTraces.Append(html, JsonLines.Read(folder.Traces));
        return html.Append("</main></html>\n").ToString();
    }

    private static void AppendHead(StringBuilder html, RunSummary summary)
    {
        var name = ReportText.Escape(summary.Name);
        var seed = summary.Seed?.ToString(CultureInfo.InvariantCulture);
        var seconds = summary.Seconds.Select(stage =>
            string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value:0} s"));
        html.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<title>").Append(name).Append(" · R1Reward</title>")
            .Append("<style>").Append(ReportText.Style).Append("</style><main>")
            .Append("<h1>").Append(name).Append("</h1>")
            .Append("<p class=\"muted\">seed ").Append(seed).Append(" · ")
            .Append(ReportText.Escape(string.Join(", ", seconds))).Append("</p>");
    }

    private static void AppendEvaluations(StringBuilder html, RunSummary summary)
    {
        var evaluations = summary.Evaluations.Where(entry => entry.Value.Accuracy is not null).ToList();
        if (evaluations.Count == 0)
        {
            html.Append("<p>No evaluation yet.</p>");
            return;
        }

        html.Append("<h2>Held-out pairs</h2><table>")
            .Append("<tr><th><th>accuracy<th>format<th>consistency<th>unreadable<th>mean tokens")
            .Append("<th>pairs × samples</tr>");
        foreach (var (name, figures) in evaluations)
        {
            html.Append("<tr><th>").Append(ReportText.Escape(summary.TitleOf(name)))
                .Append("<td>").Append(Percent.Format(figures.Accuracy))
                .Append("<td>").Append(Percent.Format(figures.Format))
                .Append("<td>").Append(Percent.Format(figures.Consistency))
                .Append("<td>").Append(Percent.Format(figures.Unreadable))
                .Append("<td>").Append(figures.Length?.ToString("0.0", CultureInfo.InvariantCulture) ?? "unknown")
                .Append("<td>").Append(figures.Pairs).Append(" × ").Append(figures.SamplesPerPair)
                .Append("</tr>");
        }

        html.Append("</table>");
    }

    private static void AppendVotes(StringBuilder html, RunSummary summary)
    {
        if (summary.Vote is not { } vote || summary.AnyCorrect is not { } anyCorrect)
        {
            return;
        }

        html.Append("<table><tr><th>samples").AppendJoin("", vote.Keys.Select(size => $"<th>{size}"))
            .Append("</tr><tr><th>majority vote").AppendJoin("", Cells(vote))
            .Append("</tr><tr><th>any correct").AppendJoin("", Cells(anyCorrect))
            .Append("</tr></table>");
    }

    private static IEnumerable<string> Cells(IReadOnlyDictionary<int, double> shares) =>
        shares.Values.Select(share => "<td>" + Percent.Format(share));
}
