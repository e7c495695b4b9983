using System.Globalization;
using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// report.html: the run on one page without scripts or outside files. The result table, the curves of every figure, and
/// ten traces with their rewards. Everything is read from the run folder, so a page can be made again at any time.
/// </summary>
public static class Report
{
    private const int TracesShown = 10;

    // What the page shows of each phase, in this order; a figure that a run does not have is left out.
    private static readonly (string Phase, string Figure, string Title)[] Curves =
    [
        ("rl", "accuracy", "Training accuracy (sampled)"),
        ("rl", "reward", "Reward"),
        ("rl", "format", "Format rate"),
        ("rl", "consistency", "Think/answer consistency"),
        ("rl", "length", "Mean tokens"),
        ("rl", "kl", "KL to the reference, per token"),
        ("rl", "loss", "Policy loss"),
        ("rl", "grad-norm", "Gradient norm"),
        ("rl", "filtered-share", "Tokens filtered (3 sigma)"),
        ("sft", "loss", "Cold-start loss"),
        ("sft", "grad-norm", "Cold-start gradient norm"),
    ];

    /// <summary>Makes the page.</summary>
    public static string Write(RunFolder folder)
    {
        var summary = File.Exists(folder.Summary) ? JObject.Parse(File.ReadAllText(folder.Summary)) : [];
        var metrics = JsonLines.Read(folder.Metrics).ToList();
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text((string?)summary["name"])).Append(" · R1Reward</title><style>").Append(Style).Append("</style><main>");
        html.Append("<h1>").Append(Text((string?)summary["name"])).Append("</h1><p class=\"muted\">seed ").Append(Text(summary["seed"]?.ToString()))
            .Append(" · ").Append(Text(Times(summary["seconds"] as JObject))).Append("</p>");
        Tables(html, summary);
        html.Append("<h2>Curves</h2><div class=\"grid\">");
        foreach (var (phase, figure, title) in Curves.Concat(TermCurves(metrics)))
        {
            Curve(html, title, [.. metrics.Where(line => (string?)line["phase"] == phase && line[figure] is not null).Select(line => ((double)line["step"]!, (double)line[figure]!))]);
        }

        html.Append("</div>");
        Traces(html, folder);
        return html.Append("</main></html>\n").ToString();
    }

    // One curve per reward term, and the figures in which reward hacking shows.
    private static IEnumerable<(string Phase, string Figure, string Title)> TermCurves(IEnumerable<JObject> metrics)
    {
        var figures = metrics.Where(line => (string?)line["phase"] == "rl").SelectMany(line => line.Properties()).Select(property => property.Name).Distinct().ToList();
        return figures.Where(name => name.StartsWith("reward/", StringComparison.Ordinal)).Select(name => ("rl", name, "Term " + name["reward/".Length..]))
            .Concat(figures.Where(name => name.StartsWith("watch/", StringComparison.Ordinal)).Select(name => ("rl", name, "Watch: " + name["watch/".Length..].Replace('-', ' '))));
    }

    private static void Tables(StringBuilder html, JObject summary)
    {
        var phases = summary.Properties().Where(property => property.Value is JObject value && value["accuracy"] is not null).ToList();
        if (phases.Count == 0)
        {
            html.Append("<p>No evaluation yet.</p>");
            return;
        }

        html.Append("<h2>Held-out pairs</h2><table><tr><th>after<th>accuracy<th>format<th>consistency<th>unreadable<th>mean tokens<th>pairs × samples</tr>");
        foreach (var phase in phases)
        {
            var figures = (JObject)phase.Value;
            html.Append("<tr><th>").Append(Text(phase.Name))
                .Append("<td>").Append(Percent(figures["accuracy"])).Append("<td>").Append(Percent(figures["format"]))
                .Append("<td>").Append(Percent(figures["consistency"])).Append("<td>").Append(Percent(figures["unreadable"]))
                .Append("<td>").Append(((double)figures["length"]!).ToString("0.0", CultureInfo.InvariantCulture))
                .Append("<td>").Append(figures["pairs"]).Append(" × ").Append(figures["samples-per-pair"]).Append("</tr>");
        }

        html.Append("</table>");
        if (summary["vote"] is JObject vote && summary["any-correct"] is JObject any)
        {
            html.Append("<table><tr><th>samples");
            html.AppendJoin("", vote.Properties().Select(property => "<th>" + property.Name)).Append("</tr><tr><th>majority vote");
            html.AppendJoin("", vote.Properties().Select(property => "<td>" + Percent(property.Value))).Append("</tr><tr><th>any correct");
            html.AppendJoin("", any.Properties().Select(property => "<td>" + Percent(property.Value))).Append("</tr></table>");
        }
    }

    private static void Curve(StringBuilder html, string title, IReadOnlyList<(double Step, double Value)> points)
    {
        if (points.Count < 2)
        {
            return;
        }

        const double width = 360, height = 130, left = 44, bottom = 18, top = 8;
        var (first, last) = (points[0].Step, points[^1].Step);
        var (low, high) = (points.Min(point => point.Value), points.Max(point => point.Value));
        if (high - low < 1e-9)
        {
            (low, high) = (low - 0.5, high + 0.5);
        }

        double X(double step) => left + ((width - left - 6) * (step - first) / Math.Max(1e-9, last - first));
        double Y(double value) => top + ((height - top - bottom) * (high - value) / (high - low));
        html.Append("<figure><figcaption>").Append(Text(title)).Append(": ").Append(Number(points[^1].Value))
            .Append(CultureInfo.InvariantCulture, $"</figcaption><svg viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{Text(title)}, steps {first} to {last}</title>")
            .Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{left} {top}V{height - bottom}H{width - 6}\"/>")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"{left - 4}\" y=\"{top + 8}\" text-anchor=\"end\">{Number(high)}</text><text x=\"{left - 4}\" y=\"{height - bottom}\" text-anchor=\"end\">{Number(low)}</text>")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"{left}\" y=\"{height - 4}\">{first}</text><text x=\"{width - 6}\" y=\"{height - 4}\" text-anchor=\"end\">step {last}</text>")
            .Append("<polyline points=\"");
        html.AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Step):0.#},{Y(point.Value):0.#}")));
        html.Append("\"/></svg></figure>");
    }

    private static void Traces(StringBuilder html, RunFolder folder)
    {
        // Half of them wrong where there are so many: failures teach more than successes.
        var last = new Queue<JObject>();
        foreach (var line in JsonLines.Read(folder.Traces))
        {
            last.Enqueue(line);
            if (last.Count > 2000)
            {
                last.Dequeue();
            }
        }

        var wrong = last.Where(line => (double?)line["result"] < 1).Take(TracesShown / 2).ToList();
        var shown = wrong.Concat(last.Where(line => (double?)line["result"] >= 1).Take(TracesShown - wrong.Count)).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        html.Append("<h2>Traces</h2>");
        foreach (var line in shown)
        {
            html.Append("<article class=\"").Append((double?)line["result"] >= 1 ? "right" : "wrong").Append("\"><h3>")
                .Append(Text((string?)line["id"])).Append("</h3><p>").Append(Text((string?)line["question"]))
                .Append("</p><p><b>Response 1:</b> ").Append(Text((string?)line["response1"]))
                .Append("<br><b>Response 2:</b> ").Append(Text((string?)line["response2"]))
                .Append("<br><b>Preferred:</b> ").Append(Text((string?)line["label"])).Append("</p><pre>").Append(Text((string?)line["text"]))
                .Append("</pre><p class=\"muted\">reward ").Append(Number((double?)line["reward"] ?? double.NaN)).Append(" = result ").Append(line["result"])
                .Append(", format ").Append(line["format"]).Append(", ").Append(Text((string?)line["consistency"])).Append(" · ").Append(line["tokens"]).Append(" tokens")
                .Append(string.Concat((line["reasons"] as JArray ?? []).Select(reason => " · " + Text((string?)reason)))).Append("</p></article>");
        }
    }

    private static string Times(JObject? seconds) => seconds is null
        ? ""
        : string.Join(", ", seconds.Properties().Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name} {(double)property.Value:0} s")));

    private static string Percent(JToken? share) =>
        share is null || share.Type == JTokenType.Null ? "unknown" : ((double)share).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(Math.Abs(value) is >= 100 or 0 ? "0" : "0.###", CultureInfo.InvariantCulture);

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    private const string Style =
        """
        :root{color-scheme:light dark;--line:#2463a8;--muted:#777;--right:#2e8b57;--wrong:#c0392b;--edge:#8884}
        body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:1150px;margin:auto;padding:24px}
        h1{margin:0}.muted{color:var(--muted);font-size:13px}table{border-collapse:collapse;margin:12px 0}
        th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid var(--edge)}th:first-child{text-align:left}
        .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:16px}
        figure{margin:0}figcaption{font-size:13px}svg{width:100%;height:auto}svg text{font-size:10px;fill:var(--muted)}
        .axis{stroke:var(--edge);fill:none}polyline{fill:none;stroke:var(--line);stroke-width:1.6}
        article{border-left:4px solid var(--right);padding:2px 14px;margin:14px 0}article.wrong{border-color:var(--wrong)}
        article h3{margin:0;font-size:13px;color:var(--muted)}article p{margin:6px 0}pre{white-space:pre-wrap;margin:6px 0;font-size:13px}
        """;
}
