using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation.Suites;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// report.html of an evaluation of one model on one suite: its tables, its pictures and ten pairs, on one page without
/// scripts or outside files.
/// </summary>
public static class EvaluationReport
{
    /// <summary>Makes the whole page as HTML.</summary>
    /// <param name="title">What was evaluated on what.</param>
    /// <param name="condition">What the figures depend on, in words.</param>
    /// <param name="result">The figures.</param>
    /// <param name="lines">The judged pairs with their texts, gone through once.</param>
    public static string Write(string title, string condition, EvaluationResult result, IEnumerable<JObject> lines)
    {
        var html = new StringBuilder();
        ReportText.AppendHead(html, title);
        html.Append("<h1>").Append(ReportText.Escape(title)).Append("</h1><p class=\"muted\">")
            .Append(ReportText.Escape(condition)).Append("</p>");
        EvaluationTables.Append(html, result);
        EvaluationPictures.Append(html, result);
        EvaluationExamples.Append(html, lines);
        return html.Append("</main></html>\n").ToString();
    }
}
