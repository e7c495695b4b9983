using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Runs.Record;

/// <summary>Pairs of an evaluation's page with what was said of them.</summary>
internal static class EvaluationExamples
{
    private const int Shown = 10;

    /// <summary>Appends up to ten pairs, up to half of them wrong: failures teach more than successes.</summary>
    public static void Append(StringBuilder html, IEnumerable<JObject> lines)
    {
        var (wrong, right) = (new List<JObject>(), new List<JObject>());
        foreach (var line in lines)
        {
            var outcomes = line.ToObject<PairResult>()!.Outcomes().ToList();
            var kind = outcomes.Count == 0 ? null : outcomes.TrueForAll(outcome => outcome.IsCorrect) ? right : wrong;
            if (kind?.Count < Shown)
            {
                kind.Add(line);
            }
        }

        var failures = Math.Min(wrong.Count, Math.Max(Shown / 2, Shown - right.Count));
        if (wrong.Count + right.Count > 0)
        {
            html.Append("<h2>Pairs</h2>");
        }

        foreach (var line in wrong.Take(failures))
        {
            AppendPair(html, line, "wrong");
        }

        foreach (var line in right.Take(Shown - failures))
        {
            AppendPair(html, line, "right");
        }
    }

    private static void AppendPair(StringBuilder html, JObject line, string kind)
    {
        string Field(string name) => ReportText.Escape((string?)line[name]);
        var result = line.ToObject<PairResult>()!;
        var said = result.Scores is not null
            ? $"scores {Number(result.Score1)} and {Number(result.Score2)}"
            : string.Join(", ", new[] { ("votes", result.AsGiven), ("exchanged", result.Exchanged) }
                .Where(order => order.Item2.Count > 0)
                .Select(order => $"{order.Item1} {Votes(order.Item2)}"));
        html.Append("<article class=\"").Append(kind).Append("\"><h3>").Append(Field("id"))
            .Append(" · ").Append(Field("category")).Append("</h3><p>").Append(Field("question"))
            .Append("</p><p><b>Response 1:</b> ").Append(Field("response1"))
            .Append("<br><b>Response 2:</b> ").Append(Field("response2"))
            .Append("<br><b>Preferred:</b> ").Append(Field("label")).Append("</p>");
        if (line["replies"] is JArray { Count: > 0 } replies)
        {
            html.Append("<pre>").Append(ReportText.Escape((string?)replies[0])).Append("</pre>");
        }

        html.Append("<p class=\"muted\">").Append(said).Append("</p></article>");
    }

    private static string Votes(IReadOnlyList<Choice?> choices) =>
        string.Join(" ", choices.Select(choice => choice is { } named
            ? ((int)named).ToString(CultureInfo.InvariantCulture)
            : "unreadable"));

    private static string Number(double? value) => value is { } known ? ReportText.Number(known) : "unknown";
}
