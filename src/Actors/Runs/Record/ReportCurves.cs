using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>The curves of a report, of one run or of several over each other.</summary>
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
        ("srm", "accuracy", "Training accuracy (scores)"),
        ("srm", "held-out-accuracy", "Held-out accuracy (scores)"),
        ("srm", "loss", "Loss of the scalar model"),
        ("srm", "grad-norm", "Gradient norm of the scalar model"),
        ("sft", "held-out-accuracy", "Held-out accuracy in the cold start (sampled)"),
        ("sft", "loss", "Cold-start loss"),
        ("sft", "grad-norm", "Cold-start gradient norm"),
    ];

    /// <summary>Appends a chart for each figure of which a run has at least two values.</summary>
    /// <param name="html">The page so far.</param>
    /// <param name="runs">The runs, each in a colour of its own.</param>
    public static void Append(StringBuilder html, IReadOnlyList<RecordedRun> runs)
    {
        html.Append("<h2>Curves</h2><div class=\"grid\">");
        LineChart.Append(html, Over(runs, "Held-out accuracy", run => run.HeldOut) with { Shares = true });
        foreach (var (phase, figure, title) in Curves.Concat(TermCurves(runs)))
        {
            LineChart.Append(html, Over(runs, title, run => run.Points(phase, figure)));
        }

        LineChart.Append(html, Over(runs, "Reward gap, right minus wrong replies", run => run.RewardGap()));
        html.Append("</div>");
    }

    /// <summary>
    /// Appends how accuracy grows with the samples of a pair: the majority's, and whether any is right, which bounds
    /// it. Nothing where no run has votes of two sizes.
    /// </summary>
    public static void AppendVotes(StringBuilder html, IReadOnlyList<RecordedRun> runs)
    {
        var sizes = runs.SelectMany(run => run.Summary.Vote?.Keys ?? []).Distinct().Order().ToList();
        var series = runs.SelectMany((run, colour) => new[]
        {
            Votes(run, "majority", run.Summary.Vote, colour, dashed: false),
            Votes(run, "any correct", run.Summary.AnyCorrect, colour, dashed: true),
        });
        html.Append("<div class=\"wide\">");
        LineChart.Append(html, new Chart("Accuracy by samples of a pair", [.. series])
        {
            Axis = "samples",
            Marks = [.. sizes.Select(size => (Math.Log2(size), size.ToString(CultureInfo.InvariantCulture)))],
            Shares = true,
        });
        html.Append("</div>");

        ChartSeries Votes(
            RecordedRun run, string name, IReadOnlyDictionary<int, double>? shares, int colour, bool dashed) => new(
                runs.Count == 1 ? name : $"{run.Name}, {name}",
                [.. (shares ?? new Dictionary<int, double>()).Select(share => (Math.Log2(share.Key), share.Value))],
                colour,
                dashed);
    }

    private static Chart Over(
        IReadOnlyList<RecordedRun> runs,
        string title,
        Func<RecordedRun, IReadOnlyList<(double Step, double Value)>> points) => new(
            title,
            [.. runs.Select((run, colour) => new ChartSeries(runs.Count == 1 ? "" : run.Name, points(run), colour))]);

    // One curve per reward term, and the figures in which reward hacking shows.
    private static IEnumerable<(string Phase, string Figure, string Title)> TermCurves(
        IReadOnlyList<RecordedRun> runs)
    {
        var figures = runs
            .SelectMany(run => run.Metrics)
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
}
