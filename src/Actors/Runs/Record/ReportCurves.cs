using System.Text;
using Newtonsoft.Json.Linq;

namespace R1Reward.Actors.Runs.Record;

/// <summary>The curves of report.html, read from metrics.jsonl.</summary>
internal static class ReportCurves
{
    private const string TermPrefix = "reward/";
    private const string WatchPrefix = "watch/";

    // In the order of the page; a figure that a run does not have is left out.
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

    /// <summary>Appends a chart for each figure that has at least two values.</summary>
    /// <param name="html">The page so far.</param>
    /// <param name="lines">The lines of metrics.jsonl.</param>
    public static void Append(StringBuilder html, IEnumerable<JObject> lines)
    {
        var metrics = lines.ToList();
        html.Append("<h2>Curves</h2><div class=\"grid\">");
        foreach (var (phase, figure, title) in Curves.Concat(TermCurves(metrics)))
        {
            LineChart.Append(html, title, Points(metrics, phase, figure));
        }

        html.Append("</div>");
    }

    // One curve per reward term, and the figures in which reward hacking shows.
    private static IEnumerable<(string Phase, string Figure, string Title)> TermCurves(IEnumerable<JObject> metrics)
    {
        var figures = metrics
            .Where(line => (string?)line["phase"] == "rl")
            .SelectMany(line => line.Properties())
            .Select(property => property.Name)
            .Distinct()
            .ToList();
        var terms = figures
            .Where(name => name.StartsWith(TermPrefix, StringComparison.Ordinal))
            .Select(name => ("rl", name, "Term " + name[TermPrefix.Length..]));
        var watched = figures
            .Where(name => name.StartsWith(WatchPrefix, StringComparison.Ordinal))
            .Select(name => ("rl", name, "Watch: " + name[WatchPrefix.Length..].Replace('-', ' ')));
        return terms.Concat(watched);
    }

    private static List<(double Step, double Value)> Points(List<JObject> metrics, string phase, string figure)
    {
        var lines = metrics.Where(line => (string?)line["phase"] == phase && line[figure] is not null);
        return [.. lines.Select(line => ((double)line["step"]!, (double)line[figure]!))];
    }
}
