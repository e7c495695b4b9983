using System.Text;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>The tables of an evaluation's page.</summary>
internal static class EvaluationTables
{
    /// <summary>Appends the benchmark's table, the counts by category and the figures of each head.</summary>
    public static void Append(StringBuilder html, EvaluationResult result)
    {
        AppendPublished(html, result);
        AppendCategories(html, result);
        AppendHeads(html, result);
    }

    private static void AppendPublished(StringBuilder html, EvaluationResult result)
    {
        if (result.Table is { } table)
        {
            html.Append("<h2>The benchmark's table</h2><div class=\"scroll\"><table><tr>")
                .AppendJoin("", table.Figures.Select(figure => "<th>" + ReportText.Escape(figure.Name)))
                .Append("</tr><tr>")
                .AppendJoin("", table.Figures.Select(figure => "<td>" + Percent.Format(figure.Share)))
                .Append("</tr></table></div>");
        }
    }

    private static void AppendCategories(StringBuilder html, EvaluationResult result)
    {
        html.Append("<h2>By category</h2><div class=\"scroll\"><table>")
            .Append("<tr><th>category<th>rows<th>accuracy<th>ACC+<th>unreadable<th>tied</tr>");
        foreach (var category in result.Report.Categories.Append(new CategoryScore("all", result.Report.Overall)))
        {
            html.Append("<tr><th>").Append(ReportText.Escape(category.Category))
                .Append("<td>").Append(category.Score.Rows)
                .Append("<td>").Append(Percent.Format(category.Score.Accuracy))
                .Append("<td>").Append(Percent.Format(category.Score.AccPlus))
                .Append("<td>").Append(Percent.Format(category.Score.UnreadableRate))
                .Append("<td>").Append(category.Score.Tied).Append("</tr>");
        }

        html.Append("</table></div><p class=\"muted\">");
        if (result.Table is null)
        {
            html.Append("macro ").Append(Percent.Format(result.Report.Macro)).Append("; ");
        }

        html.Append(result.LeftOut).Append(" pairs could not be shown and are in no figure, ")
            .Append(result.Undecided).Append(" prefer no response and are in no accuracy</p>");
    }

    private static void AppendHeads(StringBuilder html, EvaluationResult result)
    {
        if (result.Heads.Count == 0)
        {
            return;
        }

        html.Append("<h2>By head</h2><div class=\"scroll\"><table><tr><th>head<th>pairs<th>accuracy<th>equal scores")
            .Append("<th>mean gap<th>chosen<th>rejected</tr>");
        foreach (var (name, head) in result.Heads)
        {
            html.Append("<tr><th>").Append(ReportText.Escape(name))
                .Append("<td>").Append(head.Figures.Pairs)
                .Append("<td>").Append(Percent.Format(head.Figures.Accuracy))
                .Append("<td>").Append(head.Figures.EqualScores)
                .Append("<td>").Append(Number(head.Figures.MeanGap))
                .Append("<td>").Append(Number(head.Figures.Chosen))
                .Append("<td>").Append(Number(head.Figures.Rejected)).Append("</tr>");
        }

        html.Append("</table></div>");
    }

    private static string Number(double? value) => value is { } known ? ReportText.Number(known) : "unknown";
}
