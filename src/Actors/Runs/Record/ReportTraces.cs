using System.Text;
using Newtonsoft.Json.Linq;

namespace R1Reward.Actors.Runs.Record;

/// <summary>The traces of report.html with their rewards, read from traces.jsonl.</summary>
internal static class ReportTraces
{
    private const int Shown = 10;

    // Traces are chosen among the newest, which show what the run has become.
    private const int Newest = 2000;

    /// <summary>Appends up to ten traces, up to half of them wrong: failures teach more than successes.</summary>
    /// <param name="html">The page so far.</param>
    /// <param name="lines">The lines of traces.jsonl.</param>
    public static void Append(StringBuilder html, IEnumerable<JObject> lines)
    {
        var newest = lines.TakeLast(Newest).ToList();
        var wrong = newest.Where(line => (double?)line["result"] < 1).Take(Shown / 2).ToList();
        var right = newest.Where(IsRight).Take(Shown - wrong.Count).ToList();
        if (wrong.Count + right.Count == 0)
        {
            return;
        }

        html.Append("<h2>Traces</h2>");
        foreach (var line in wrong.Concat(right))
        {
            AppendTrace(html, line);
        }
    }

    private static bool IsRight(JObject line) => (double?)line["result"] >= 1;

    private static void AppendTrace(StringBuilder html, JObject line)
    {
        string Field(string name) => ReportText.Escape((string?)line[name]);
        var reasons = (line["reasons"] as JArray ?? []).Select(reason => " · " + ReportText.Escape((string?)reason));
        html.Append("<article class=\"").Append(IsRight(line) ? "right" : "wrong").Append("\">")
            .Append("<h3>").Append(Field("id")).Append("</h3>")
            .Append("<p>").Append(Field("question")).Append("</p>")
            .Append("<p><b>Response 1:</b> ").Append(Field("response1"))
            .Append("<br><b>Response 2:</b> ").Append(Field("response2"))
            .Append("<br><b>Preferred:</b> ").Append(Field("label")).Append("</p>")
            .Append("<pre>").Append(Field("text")).Append("</pre>")
            .Append("<p class=\"muted\">reward ").Append(Number(line["reward"]))
            .Append(" = result ").Append(line["result"])
            .Append(", format ").Append(line["format"])
            .Append(", ").Append(Field("consistency"))
            .Append(" · ").Append(line["tokens"]).Append(" tokens")
            .AppendJoin("", reasons).Append("</p></article>");
    }

    private static string Number(JToken? value) =>
        (double?)value is { } known ? ReportText.Number(known) : "unknown";
}
