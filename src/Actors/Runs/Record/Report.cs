using System.Globalization;
using System.Text;
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
        var run = new RecordedRun(folder);
        var summary = run.Summary;
        var html = new StringBuilder();
        AppendHead(html, summary);
        var evaluations = summary.Evaluations
            .Where(entry => entry.Value.Accuracy is not null)
            .Select(entry => (summary.TitleOf(entry.Key), entry.Value))
            .ToList();
        AppendEvaluations(html, evaluations);
        AppendFigures(html, summary);
        AppendVotes(html, summary);
        AppendNotes(html, "<p class=\"muted\">", SummaryNotes.Conditions(evaluations));
        AppendNotes(html, "<p class=\"warning\">", SummaryNotes.Warnings(evaluations, summary));
        ReportJudging.Append(html, run);
        ReportCurves.AppendVotes(html, [run]);
        ReportCurves.Append(html, [run]);
        ReportTraces.Append(html, run.Traces);
        return html.Append("</main></html>\n").ToString();
    }

    private static void AppendHead(StringBuilder html, RunSummary summary)
    {
        var name = ReportText.Escape(summary.Name);
        var seed = summary.Seed?.ToString(CultureInfo.InvariantCulture);
        var seconds = summary.Seconds.Select(stage =>
            string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value:0} s"));
        ReportText.AppendHead(html, summary.Name);
        html.Append("<h1>").Append(name).Append("</h1>")
            .Append("<p class=\"muted\">seed ").Append(seed).Append(" · ")
            .Append(ReportText.Escape(string.Join(", ", seconds))).Append("</p>");
    }

    private static void AppendEvaluations(
        StringBuilder html, IReadOnlyCollection<(string Name, EvaluationSummary Figures)> evaluations)
    {
        if (evaluations.Count == 0)
        {
            html.Append("<p>No evaluation yet.</p>");
            return;
        }

        html.Append("<h2>Held-out pairs</h2><div class=\"scroll\"><table>")
            .Append("<tr><th><th>accuracy<th>format<th>consistency<th>unreadable<th>mean tokens")
            .Append("<th>pairs × samples</tr>");
        foreach (var (name, figures) in evaluations)
        {
            html.Append("<tr><th>").Append(ReportText.Escape(name))
                .Append("<td>").Append(Percent.Format(figures.Accuracy))
                .Append("<td>").Append(Percent.Format(figures.Format))
                .Append("<td>").Append(Percent.Format(figures.Consistency))
                .Append("<td>").Append(Percent.Format(figures.Unreadable))
                .Append("<td>").Append(figures.Length?.ToString("0.0", CultureInfo.InvariantCulture) ?? "unknown")
                .Append("<td>").Append(figures.Pairs)
                .Append(figures.SamplesPerPair is { } samples ? $" × {samples}" : "")
                .Append("</tr>");
        }

        html.Append("</table></div>");
    }

    private static void AppendFigures(StringBuilder html, RunSummary summary)
    {
        var evaluations = summary.Evaluations.Where(entry => entry.Value.Figures is not null).ToList();
        if (evaluations.Count == 0)
        {
            return;
        }

        html.Append("<table><tr><th>figure").AppendJoin(
            "", evaluations.Select(entry => "<th>" + ReportText.Escape(summary.TitleOf(entry.Key))));
        foreach (var figure in evaluations.SelectMany(entry => entry.Value.Figures!.Keys).Distinct())
        {
            html.Append("</tr><tr><th>").Append(ReportText.Escape(figure)).AppendJoin("", evaluations.Select(entry =>
                entry.Value.Figures!.TryGetValue(figure, out var value)
                    ? "<td>" + ReportText.Number(value)
                    : "<td>unknown"));
        }

        html.Append("</tr></table>");
    }

    private static void AppendNotes(StringBuilder html, string opening, IEnumerable<string> notes)
    {
        foreach (var note in notes)
        {
            html.Append(opening).Append(ReportText.Escape(note)).Append("</p>");
        }
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
